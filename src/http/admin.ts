import { Hono } from "hono";
import { z } from "zod";
import type { HttpOptions } from "./options.ts";
import { adminOnly } from "./admin-only.ts";
import { problem } from "./problem.ts";

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

/** What operators alone may ask and do. */
export function adminRoutes({ readModel, clock, adminToken, logger }: HttpOptions): Hono {
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

  const app = new Hono();
  app.use(adminOnly(adminToken));
  app.get("/projections", (c) => {
    try {
      readModel.check();
      const { since, rebuilding, ...state } = readModel.state();
      const answer: Projections = {
        ...state,
        since: new Date(since).toISOString(),
        rebuilding: rebuilding && { ...rebuilding, startedAt: new Date(rebuilding.startedAt).toISOString() },
        lastRebuild,
      };
      return c.json(answer);
    } catch (error) {
      logger.error({ err: error }, "the read model cannot answer");
      return problem(c, 503, "the read model cannot answer; the node's log tells why");
    }
  });
  app.post("/projections/rebuild", (c) => {
    const answer: z.infer<typeof rebuildSchema> = { number: rebuild(), progress: "/api/admin/projections" };
    return c.json(answer, 202, { Location: answer.progress });
  });
  return app;
}
