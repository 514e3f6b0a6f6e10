import type { Context } from "hono";
import { z } from "zod";
import type { Order } from "../../match/event.ts";
import { ReadModelStopped } from "../../projections/waiters.ts";
import type { HttpEnv } from "../openapi.ts";
import type { HttpOptions } from "../options.ts";
import type { CallDesk } from "./desk.ts";

/** The answer of `POST /api/admin/projections/rebuild`: `requestId` is among `lastRebuild.requestIds` when it is done. */
export const rebuildSchema = z.object({ requestId: z.string(), progress: z.string() });

/** How the last rebuild that somebody asked of this node ended. */
export interface LastRebuild {
  /** Who waited for it. */
  requestIds: string[];
  finishedAt: string;
  error: string | null;
}

export interface RebuildCall {
  /** Makes the read model anew from the log, beside the present one. `key` stands for the header `Idempotency-Key`. */
  begin(
    c: Context<HttpEnv>,
    given: { reason?: string | undefined },
    key?: string,
  ): Promise<z.infer<typeof rebuildSchema>>;
  last(): LastRebuild | null;
}

const order: Order = {
  what: "projections.rebuild",
  matchIds: null,
  category: null,
  window: null,
  stages: null,
  reason: null,
};

export function createRebuildCall({ readModel, clock, logger }: HttpOptions, desk: CallDesk): RebuildCall {
  /** Who waits for the rebuild under way; null while there is none. */
  let waiting: Set<string> | null = null;
  let lastRebuild: LastRebuild | null = null;

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

  return {
    last: () => lastRebuild,
    async begin(c, given, key) {
      const progress = "/api/admin/projections";
      const { id, body, replayed } = await desk.place(c, {
        body: given,
        key,
        decide: (requestId) => ({
          order: { ...order, reason: given.reason ?? null },
          asks: true,
          answer: { status: 202, body: { requestId, progress } },
        }),
      });
      if (!replayed) void rebuild(id);
      return body;
    },
  };
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
