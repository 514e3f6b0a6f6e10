import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { Registry } from "prom-client";
import { z } from "zod";
import { within } from "../../clock.ts";
import { processMetrics } from "../../metrics/process.ts";
import type { Denials } from "../access/denials.ts";
import type { Diagnosis } from "../diagnosis.ts";
import { createRouter, type HttpEnv } from "../openapi.ts";
import type { HttpOptions } from "../options.ts";
import { consumerGauges } from "./consumers.ts";
import { denialCounter } from "./denials.ts";
import { type Observation, pipelineGauges } from "./gauges.ts";

/** However many scrape, the read model and NATS are asked no more often than this. */
const ageMaxMs = 5000;

/** What an absent NATS may hold up a scrape. */
const backlogWaitMs = 1000;

export interface MetricsOptions extends Pick<HttpOptions, "readModel" | "clock" | "backlog"> {
  registry: Registry;
  diagnose: () => Promise<Diagnosis>;
  denials?: Pick<Denials, "count"> | undefined;
}

/**
 * `GET /metrics`: Prometheus text. Open as health is: it names models, sources and routes, and no match, path, address or
 * secret.
 */
export function metricsRoutes(options: MetricsOptions): OpenAPIHono<HttpEnv> {
  const { registry, clock, backlog, denials } = options;
  const setPipeline = pipelineGauges(registry);
  const setConsumers = consumerGauges(registry);
  const setDenials = denials === undefined ? () => {} : denialCounter(registry, denials);
  let refreshed: { at: number; done: Promise<void> } | null = null;

  async function refresh(): Promise<void> {
    const owed = backlog === undefined ? null : await within(clock, backlogWaitMs, backlog());
    setConsumers(owed);
    setPipeline(await observe(options));
  }

  const routes = createRouter();
  routes.openapi(metricsRoute, async (c) => {
    if (refreshed === null || clock.elapsed() - refreshed.at > ageMaxMs)
      refreshed = { at: clock.elapsed(), done: refresh() };
    await refreshed.done;
    setDenials();
    const parts = await Promise.all([registry.metrics(), processMetrics().metrics()]);
    return c.text(parts.join("\n"), 200, { "Content-Type": registry.contentType });
  });
  return routes;
}

const metricsRoute = createRoute({
  method: "get",
  path: "/metrics",
  summary: "Prometheus metrics",
  responses: { 200: { description: "text format 0.0.4", content: { "text/plain": { schema: z.string() } } } },
});

async function observe({ readModel, diagnose }: MetricsOptions): Promise<Observation> {
  try {
    const diagnosis = await diagnose();
    const [failures, inFlight, sources] = [readModel.failureCounts(), readModel.inFlight(), readModel.sources()];
    return { diagnosis, failures, inFlight, sources };
  } catch {
    // The diagnosis has told the node's log why.
    const nothing = { analyse: 0, lineups: 0, predict: 0, settle: 0, retro: 0 };
    return { diagnosis: null, failures: [], inFlight: nothing, sources: [] };
  }
}
