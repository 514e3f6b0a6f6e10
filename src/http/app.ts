import type { OpenAPIHono } from "@hono/zod-openapi";
import { secureHeaders } from "hono/secure-headers";
import { Registry } from "prom-client";
import { createAccess } from "./access/access.ts";
import { createDiagnosis } from "./diagnosis.ts";
import { healthRoutes } from "./health.ts";
import { landing } from "./landing.ts";
import { requestCounter } from "./metrics/requests.ts";
import { metricsRoutes } from "./metrics/route.ts";
import type { HttpOptions } from "./options.ts";
import { createRouter, type HttpEnv } from "./openapi.ts";
import { notFound, onError } from "./problem.ts";
import { projectionRoutes } from "./projections.ts";

/** Everything that one node serves. */
export function createHttp(options: HttpOptions): OpenAPIHono<HttpEnv> {
  const app = createRouter();
  const access = createAccess(options);
  const registry = options.registry ?? new Registry();
  const diagnose = createDiagnosis(options);
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
    }),
  );
  app.use(async (c, next) => {
    await next();
    // Every answer is of this moment, and an admin's is for nobody else.
    c.header("Cache-Control", "no-store");
  });
  app.use(...access.guards);
  app.use("/api/admin/*", ...access.admin);
  app.use(...access.bodies);
  app.onError(onError(options.logger));
  app.notFound(notFound);
  app.get("/", (c) => c.html(landing));
  app.route("/", healthRoutes(options, diagnose));
  app.route("/", metricsRoutes({ ...options, registry, diagnose, denials: access.denials }));
  app.route("/api/admin", projectionRoutes(options));
  return app;
}
