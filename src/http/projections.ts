import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { idempotencyKeyHeader } from "./calls/desk.ts";
import { type RebuildCall, rebuildSchema } from "./calls/rebuild.ts";
import { requireScope } from "./access/scope.ts";
import type { HttpOptions } from "./options.ts";
import { adminProblems, adminSecurity, createRouter, type HttpEnv, json, problems } from "./openapi.ts";
import { Refused } from "./problem.ts";

const progressSchema = z.object({
  startedAt: z.string(),
  sequence: z.int(),
  target: z.int(),
  eventsPerSecond: z.number(),
});

/** The answer of `GET /api/admin/projections`. */
export const projectionsSchema = z.object({
  state: z.enum(["building", "following", "stalled"]),
  sequence: z.int(),
  target: z.int(),
  stale: z.boolean(),
  since: z.string(),
  reason: z.string().nullable(),
  haltedAt: z.int().nullable(),
  rebuilding: progressSchema.nullable(),
  /** How the last rebuild that somebody asked of this node ended; `requestIds`: who waited for it. */
  lastRebuild: z
    .object({ requestIds: z.array(z.string()), finishedAt: z.string(), error: z.string().nullable() })
    .nullable(),
});
export type Projections = z.infer<typeof projectionsSchema>;

const rebuildBody = z.strictObject({ reason: z.string().min(1).max(300).optional() });

const look = createRoute({
  method: "get",
  path: "/projections",
  summary: "Where the read model stands, and how a rebuild goes",
  security: adminSecurity,
  responses: { 200: json(projectionsSchema, "the read model"), ...adminProblems },
});

const begin = createRoute({
  method: "post",
  path: "/projections/rebuild",
  summary: "Makes the read model anew from the log, beside the present one",
  security: adminSecurity,
  middleware: requireScope("admin"),
  request: {
    headers: idempotencyKeyHeader,
    body: { required: false, content: { "application/json": { schema: rebuildBody } } },
  },
  responses: {
    202: json(rebuildSchema, "begun, or under way already"),
    ...adminProblems,
    ...problems(409, 413, 415, 422),
  },
});

/** The read model: how it is, and how to have it made anew. */
export function projectionRoutes({ readModel, logger }: HttpOptions, rebuild: RebuildCall): OpenAPIHono<HttpEnv> {
  const routes = createRouter();
  routes.openapi(look, (c) => {
    try {
      readModel.check();
      const { since, rebuilding, ...state } = readModel.state();
      const answer: Projections = {
        ...state,
        since: new Date(since).toISOString(),
        rebuilding: rebuilding && { ...rebuilding, startedAt: new Date(rebuilding.startedAt).toISOString() },
        lastRebuild: rebuild.last(),
      };
      return c.json(answer, 200);
    } catch (error) {
      logger.error({ err: error }, "the read model cannot answer");
      throw new Refused(503, "the read model cannot answer; the node's log tells why");
    }
  });
  routes.openapi(begin, async (c) => {
    const given = (c.req.valid("json") as z.infer<typeof rebuildBody> | undefined) ?? {};
    const body = await rebuild.begin(c, given);
    return c.json(body, 202, { Location: body.progress });
  });
  return routes;
}
