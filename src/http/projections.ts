import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import type { Order } from "../match/event.ts";
import { type CallDesk, idempotencyKeyHeader } from "./calls/desk.ts";
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
  /** How the last rebuild that somebody asked for ended, counted from 1 since this node started. */
  lastRebuild: z.object({ number: z.int(), finishedAt: z.string(), error: z.string().nullable() }).nullable(),
});
export type Projections = z.infer<typeof projectionsSchema>;

/** The answer of `POST /api/admin/projections/rebuild`: `number` is what `lastRebuild` will have when it is done. */
export const rebuildSchema = z.object({ number: z.int(), progress: z.string() });

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
  request: { headers: idempotencyKeyHeader },
  responses: { 202: json(rebuildSchema, "begun, or under way already"), ...adminProblems, ...problems(409, 422) },
});

const order: Order = {
  what: "projections.rebuild",
  matchIds: null,
  category: null,
  window: null,
  stages: null,
  reason: null,
};

/** The read model: how it is, and how to have it made anew. */
export function projectionRoutes({ readModel, clock, logger }: HttpOptions, desk: CallDesk): OpenAPIHono<HttpEnv> {
  let begun = 0;
  let running = false;
  let lastRebuild: Projections["lastRebuild"] = null;

  function rebuild(): number {
    if (running) return begun;
    running = true;
    const number = ++begun;
    const ended = (error: string | null) => {
      running = false;
      lastRebuild = { number, finishedAt: new Date(clock.now()).toISOString(), error };
    };
    readModel.rebuild().then(
      () => ended(null),
      (error: unknown) => {
        logger.error({ err: error }, "a rebuild of the read model failed");
        ended(error instanceof Error ? error.message.slice(0, 300) : String(error));
      },
    );
    return number;
  }

  const routes = createRouter();
  routes.openapi(look, (c) => {
    try {
      readModel.check();
      const { since, rebuilding, ...state } = readModel.state();
      const answer: Projections = {
        ...state,
        since: new Date(since).toISOString(),
        rebuilding: rebuilding && { ...rebuilding, startedAt: new Date(rebuilding.startedAt).toISOString() },
        lastRebuild,
      };
      return c.json(answer, 200);
    } catch (error) {
      logger.error({ err: error }, "the read model cannot answer");
      throw new Refused(503, "the read model cannot answer; the node's log tells why");
    }
  });
  routes.openapi(begin, async (c) => {
    const progress = "/api/admin/projections";
    const { body, replayed } = await desk.place(c, {
      body: null,
      decide: () => ({
        order,
        asks: true,
        answer: { status: 202, body: { number: running ? begun : begun + 1, progress } },
      }),
    });
    if (!replayed) rebuild();
    return c.json(body, 202, { Location: progress });
  });
  return routes;
}
