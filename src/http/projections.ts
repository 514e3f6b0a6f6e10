import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import type { Order } from "../match/event.ts";
import { type CallDesk, idempotencyKeyHeader } from "./calls/desk.ts";
import { requireScope } from "./access/scope.ts";
import { ReadModelStopped } from "../projections/waiters.ts";
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

/** The answer of `POST /api/admin/projections/rebuild`: `requestId` is among `lastRebuild.requestIds` when it is done. */
export const rebuildSchema = z.object({ requestId: z.string(), progress: z.string() });

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
  /** Who waits for the rebuild under way; null while there is none. */
  let waiting: Set<string> | null = null;
  let lastRebuild: Projections["lastRebuild"] = null;

  async function rebuild(requestId: string): Promise<void> {
    if (waiting !== null) {
      waiting.add(requestId);
      return;
    }
    waiting = new Set([requestId]);
    let error: string | null = null;
    try {
      await readModel.rebuild();
    } catch (failure) {
      // A node that ends leaves the request open: its next start makes it good.
      if (failure instanceof ReadModelStopped) return;
      logger.error({ err: failure }, "a rebuild of the read model failed");
      error = failure instanceof Error ? failure.message.slice(0, 300) : String(failure);
    }
    const requestIds = [...waiting];
    waiting = null;
    lastRebuild = { requestIds, finishedAt: new Date(clock.now()).toISOString(), error };
    const outcome =
      error === null ? { requested: 1, skipped: {} } : { requested: 0, skipped: { "the rebuild failed": 1 } };
    await Promise.all(requestIds.map((id) => desk.applied(id, outcome))).catch((failure: unknown) => {
      logger.warn({ err: failure, requestIds }, "how a rebuild ended could not be written down");
    });
  }

  // What was asked of this node, or of the one before it, and died with it.
  for (const { id } of unfinished(readModel, clock.now())) void rebuild(id);

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
    const given = (c.req.valid("json") as z.infer<typeof rebuildBody> | undefined) ?? {};
    const { id, body, replayed } = await desk.place(c, {
      body: given,
      decide: (requestId) => ({
        order: { ...order, reason: given.reason ?? null },
        asks: true,
        answer: { status: 202, body: { requestId, progress } },
      }),
    });
    if (!replayed) void rebuild(id);
    return c.json(body, 202, { Location: progress });
  });
  return routes;
}

/** A wish that is older nobody waits for. */
const wishAgeMaxMs = 24 * 3_600_000;

function unfinished(readModel: HttpOptions["readModel"], now: number) {
  try {
    return readModel
      .calls({ what: "projections.rebuild", limit: 10 })
      .filter(
        ({ applied, requested }) => applied === null && requested !== null && now - requested.time <= wishAgeMaxMs,
      );
  } catch {
    // A read model that cannot answer is being made anew already.
    return [];
  }
}
