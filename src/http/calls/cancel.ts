import type { Context } from "hono";
import { createAsk } from "../asking.ts";
import type { HttpEnv } from "../openapi.ts";
import type { HttpOptions } from "../options.ts";
import { Refused } from "../problem.ts";
import type { CallDesk } from "./desk.ts";
import { type RequestAnswer, shownRequest } from "./shown-request.ts";

/**
 * Cancels what has not begun of a backfill; `again`: it was cancelled before. Rejects with `Refused`: 404 for an unknown
 * backfill, 409 for one that has ended.
 */
export type CancelCall = (
  c: Context<HttpEnv>,
  id: string,
  reason: string | null,
) => Promise<{ backfill: RequestAnswer; again: boolean }>;

export function createCancelCall(options: HttpOptions, desk: CallDesk): CancelCall {
  const ask = createAsk(options);

  function find(id: string) {
    const call = ask((it) => it.call(id));
    if (call?.requested?.order.what === "backfill") return call;
    throw new Refused(404, `there is no backfill ${id}`);
  }

  return async function cancel(c, id, reason) {
    const call = find(id);
    const { state } = ask((it) => shownRequest(call, it));
    if (state === "done" || state === "partly")
      throw new Refused(409, `backfill ${call.id} has ended: nothing is left to cancel`);
    const cancelled = await desk.cancel(c, call, reason);
    const after = find(id);
    return { backfill: ask((it) => shownRequest(after, it)), again: !cancelled };
  };
}
