import { setImmediate } from "node:timers/promises";
import { digest } from "../match/digest.ts";
import type { Order } from "../match/event.ts";
import { candidatesOf, type MatchBook, retryOf } from "../match/orders.ts";

/** What a retry of failed settlements would do, match by match. */
export interface PlannedRetry {
  /** Ids of the matches that get a request. */
  accepted: string[];
  skipped: { matchId: string; why: string }[];
  /** Of what is run: two plans have one hash exactly if they ask for the same. */
  planHash: string;
  /** What carries it out. */
  order: Order;
}

/** An order names its matches, so that it runs no more than was planned, while they fit into one event. */
const namedMax = 1000;

/** What others get done in between: a hundred thousand matches take seconds to look at. */
const turn = 200;

export async function planRetry(
  { matchIds, category, reason }: Pick<Order, "matchIds" | "category" | "reason">,
  book: MatchBook,
): Promise<PlannedRetry> {
  const order: Order = { what: "settlement.retry", matchIds, category, window: null, stages: null, reason };
  const accepted: string[] = [];
  const skipped: PlannedRetry["skipped"] = [];
  for (const { id, match } of candidatesOf(order, book)) {
    if ((accepted.length + skipped.length + 1) % turn === 0) await setImmediate();
    const result = retryOf(match, category);
    if (result === "accepted") accepted.push(id);
    else skipped.push({ matchId: id, why: result });
  }
  return {
    accepted,
    skipped,
    planHash: digest(`settlement.retry\n${[...accepted].sort().join("\n")}`),
    order: { ...order, matchIds: matchIds !== null || accepted.length <= namedMax ? accepted : null },
  };
}
