import { setImmediate } from "node:timers/promises";
import { digest } from "../match/digest.ts";
import type { Order } from "../match/event.ts";
import { retryOf, type SettlementBook } from "../match/orders.ts";

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

/** What others get done in between: the named ones are read one by one, the others by the thousand. */
const turn = 2000;

export async function planRetry(
  { matchIds, category, reason }: Pick<Order, "matchIds" | "category" | "reason">,
  book: SettlementBook,
): Promise<PlannedRetry> {
  const order: Order = { what: "settlement.retry", matchIds, category, window: null, stages: null, reason };
  const accepted: string[] = [];
  const skipped: PlannedRetry["skipped"] = [];
  const look = (matchId: string) => {
    const result = retryOf(book.match(matchId), category);
    if (result === "accepted") accepted.push(matchId);
    else skipped.push({ matchId, why: result });
  };
  if (matchIds !== null) for (const id of new Set(matchIds)) look(id);
  else {
    let looked = 0;
    for (const { matchId, unsettled } of book.openSettlements(category)) {
      if (++looked % turn === 0) await setImmediate();
      // With a failure that nobody dismissed, this is what `retryOf` accepts; why it does not, the match itself says.
      if (unsettled) accepted.push(matchId);
      else look(matchId);
    }
    accepted.sort();
    skipped.sort((a, b) => (a.matchId < b.matchId ? -1 : 1));
  }
  return {
    accepted,
    skipped,
    planHash: digest(`settlement.retry\n${[...accepted].sort().join("\n")}`),
    order: { ...order, matchIds: matchIds !== null || accepted.length <= namedMax ? accepted : null },
  };
}
