import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { Registry } from "prom-client";
import { z } from "zod";
import { within } from "../clock.ts";
import { adminProblems, adminSecurity, createRouter, type HttpEnv, json } from "./openapi.ts";
import type { HttpOptions } from "./options.ts";
import { packageVersion } from "../version.ts";

/** The answer of `GET /api/admin/system`: what this node stands on and how it is set up. Nothing in it is secret. */
export const systemSchema = z.object({
  version: z.string(),
  node: z.string().meta({ description: "of Node.js" }),
  pid: z.int(),
  rssBytes: z.int(),
  startedAt: z.string().meta({ description: "by the pipeline's clock" }),
  consumers: z
    .array(
      z
        .object({
          consumer: z.string(),
          pending: z.int().meta({ description: "messages it has not delivered yet" }),
          ackPending: z.int().meta({ description: "deliveries that nobody has acknowledged" }),
          redelivered: z.int().meta({ description: "of those, the ones delivered before" }),
        })
        .meta({ id: "Consumer" }),
    )
    .nullable()
    .meta({ description: "null while NATS does not tell" }),
  appendConflicts: z.int().meta({ description: "appends of this node that came too late and were decided again" }),
  anomalies: z
    .record(z.string(), z.int())
    .meta({ description: "messages of the log that should not be there, or not so, by kind: see `fulltime verify`" }),
  eventCounts: z.record(z.string(), z.int()),
  logDiskFreePercent: z.number().nullable().meta({ description: "null where the log is another machine's" }),
  clockSkew: z.string().nullable(),
  configuration: z
    .array(z.object({ name: z.string(), value: z.string(), origin: z.string(), about: z.string() }))
    .meta({ description: "in force, secrets masked; as `fulltime config` shows it" }),
});
export type System = z.infer<typeof systemSchema>;

/** A page may not hang because NATS does. */
const consumersWaitMs = 1000;

export function createSystem(options: HttpOptions, registry: Registry): () => Promise<System> {
  const { readModel, clock, backlog, clockSkew, logDiskFreePercent, configuration = [] } = options;
  const startedAt = new Date(clock.now()).toISOString();

  async function appendConflicts(): Promise<number> {
    const metric = await registry.getSingleMetric("fulltime_append_conflicts_total")?.get();
    return metric?.values.reduce((sum, { value }) => sum + value, 0) ?? 0;
  }

  return async () => {
    const owed = backlog === undefined ? null : await within(clock, consumersWaitMs, backlog());
    return {
      version: packageVersion(),
      node: process.versions.node,
      pid: process.pid,
      rssBytes: process.memoryUsage.rss(),
      startedAt,
      consumers: owed?.map(({ durable, ...counts }) => ({ consumer: durable, ...counts })) ?? null,
      appendConflicts: await appendConflicts(),
      anomalies: readModel.anomalies().byKind,
      eventCounts: readModel.eventCounts(),
      logDiskFreePercent: logDiskFreePercent?.() ?? null,
      clockSkew: clockSkew?.() ?? null,
      configuration: [...configuration],
    };
  };
}

const look = createRoute({
  method: "get",
  path: "/system",
  operationId: "getSystem",
  tags: ["operations"],
  summary: "What this node stands on and how it is set up",
  security: adminSecurity,
  responses: { 200: json(systemSchema, "this node"), ...adminProblems },
});

/** `GET /api/admin/system`; to be mounted at `/api/admin`. */
export function systemRoutes(system: () => Promise<System>): OpenAPIHono<HttpEnv> {
  const routes = createRouter();
  routes.openapi(look, async (c) => c.json(await system(), 200));
  return routes;
}
