import type { Context } from "hono";
import { z } from "zod";
import type { Order } from "../../match/event.ts";
import { markingOf } from "../../match/orders.ts";
import { createAsk } from "../asking.ts";
import type { HttpEnv } from "../openapi.ts";
import type { HttpOptions } from "../options.ts";
import { Refused } from "../problem.ts";
import type { Answer, CallDesk } from "./desk.ts";

/** The answer to a dismissal or its undoing. */
export const markedSchema = z.object({
  matchId: z.string(),
  result: z
    .enum(["requested", "already-done"])
    .meta({ description: "`requested`: what came of it is at /api/admin/requests/{requestId}" }),
  requestId: z.string().nullable(),
});
type Marked = z.infer<typeof markedSchema>;

export interface Marking {
  matchId: string;
  as: "dismissed" | "restored";
  /** A dismissal needs one. */
  reason: string | null;
}

/**
 * Takes a failed settlement off the lists, or puts it back. `key` stands for the header `Idempotency-Key`. Rejects with
 * `Refused`: 404 for an unknown match, 409 for one without a failed settlement, 422 for a dismissal without its reason.
 */
export type MarkCall = (c: Context<HttpEnv>, marking: Marking, key?: string) => Promise<Answer<Marked>>;

export function createMarkCall(options: HttpOptions, desk: CallDesk): MarkCall {
  const ask = createAsk(options);
  return async function mark(c, { matchId, as, reason }, key) {
    if (as === "dismissed" && reason === null) {
      throw new Refused(422, 'a dismissal needs its reason: {"reason": "..."}');
    }
    return desk.place<Marked>(c, {
      body: { reason },
      key,
      decide(id) {
        const marking = ask((it) => markingOf(it.match(matchId), as));
        if (marking === "unknown") throw new Refused(404, `there is no match ${matchId}`);
        if (marking === "no failed settlement") throw new Refused(409, `${matchId} has no failed settlement`);
        const asks = marking === "accepted";
        const what = as === "dismissed" ? "failure.dismiss" : "failure.restore";
        const order: Order = { what, matchIds: [matchId], category: null, window: null, stages: null, reason };
        const body: Marked = { matchId, result: asks ? "requested" : "already-done", requestId: asks ? id : null };
        return { order, asks, answer: { status: asks ? 202 : 200, body } };
      },
    });
  };
}
