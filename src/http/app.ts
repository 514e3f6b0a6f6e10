import type { OpenAPIHono } from "@hono/zod-openapi";
import { methodNotAllowed } from "hono/method-not-allowed";
import { secureHeaders } from "hono/secure-headers";
import { Registry } from "prom-client";
import { createAccess } from "./access/access.ts";
import { changesRoutes } from "./changes.ts";
import { createConsole } from "./console/pages.tsx";
import { describeRoutes } from "./description.ts";
import { createDiagnosis } from "./diagnosis.ts";
import { docsRoutes } from "./docs.ts";
import { failedSettlementsRoutes } from "./failed-settlements.ts";
import { backfillRoutes } from "./backfills.ts";
import { createCalls } from "./calls/calls.ts";
import { dismissalRoutes } from "./dismissals.ts";
import { requestRoutes } from "./requests.ts";
import { settlementRetryRoutes } from "./settlement-retry.ts";
import { healthRoutes } from "./health.ts";
import { matchEventsRoutes } from "./match-events.ts";
import { matchRoutes } from "./match.ts";
import { matchesRoutes } from "./matches.ts";
import { requestCounter } from "./metrics/requests.ts";
import { metricsRoutes } from "./metrics/route.ts";
import type { HttpOptions } from "./options.ts";
import { createRouter, type HttpEnv } from "./openapi.ts";
import { modelsRoutes } from "./models.ts";
import { pipelineHealthRoutes } from "./pipeline-health.ts";
import { createSystem, systemRoutes } from "./system.ts";
import { onError, wrongMethod } from "./problem.ts";
import { projectionRoutes } from "./projections.ts";

/** Everything that one node serves. */
export function createHttp(options: HttpOptions): OpenAPIHono<HttpEnv> {
  const app = createRouter();
  const access = createAccess(options);
  const registry = options.registry ?? new Registry();
  const diagnose = createDiagnosis(options);
  const calls = createCalls(options);
  const system = createSystem(options, registry);
  const console = createConsole({ options, access, calls, diagnose, system });
  app.use(requestCounter(registry, options.clock));
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
      },
      xFrameOptions: "DENY",
      // The node speaks plain HTTP; whether there is TLS before it, its proxy knows.
      strictTransportSecurity: false,
      // The docs page has a policy of its own.
      overwrite: false,
    }),
  );
  app.use(async (c, next) => {
    await next();
    // An answer is of this moment, and an admin's for nobody else, unless its route knows better.
    if (!c.res.headers.has("Cache-Control")) c.header("Cache-Control", "no-store");
  });
  app.route("/", console.outer);
  app.use(...access.guards);
  app.route("/", console.identity);
  app.use("/api/admin/*", ...access.admin);
  app.use(...access.open);
  app.use(...access.bodies);
  app.use(methodNotAllowed({ app, onMethodNotAllowed: wrongMethod }));
  app.onError(onError(options.logger));
  app.notFound(console.notFound);
  const describe = describeRoutes(app);
  app.route("/", console.routes);
  app.route("/", docsRoutes(describe));
  app.route("/", healthRoutes(diagnose));
  app.route("/", metricsRoutes({ ...options, registry, diagnose, denials: access.denials }));
  app.route("/", matchesRoutes(options));
  app.route("/", matchRoutes(options));
  app.route("/", matchEventsRoutes(options));
  app.route("/", modelsRoutes(options));
  app.route("/", changesRoutes(options));
  app.route("/api/admin", pipelineHealthRoutes(options, diagnose));
  app.route("/api/admin", systemRoutes(system));
  app.route("/api/admin", failedSettlementsRoutes(options));
  app.route("/api/admin", settlementRetryRoutes(calls.retry));
  app.route("/api/admin", dismissalRoutes(calls.mark));
  app.route("/api/admin", backfillRoutes(calls.backfill));
  app.route("/api/admin", requestRoutes(options, calls.cancel));
  app.route("/api/admin", projectionRoutes(options, calls.rebuild));
  return app;
}
