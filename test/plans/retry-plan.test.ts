import { expect, test } from "vitest";
import { planRetry } from "../../src/plans/retry-plan.ts";
import { candidatesOf, retryOf } from "../../src/match/orders.ts";
import type { Category } from "../../src/match/event.ts";
import { matchBook } from "../../src/projections/book.ts";
import { queriesThrough } from "../../src/projections/queries.ts";
import { interleave, messagesOf, tables } from "../projections/support.ts";
import { day, type History, history, hour, kickoff } from "../support/history.ts";

function failed(id: string, category: Category): History {
  return history(id, kickoff - 2 * day)
    .scheduled()
    .at(kickoff + 2 * hour)
    .finished()
    .requested("settle")
    .failed("settle", { category });
}

const word = { by: "me", reason: "known" };

test.each([null, "bug", "transient", "crash"] as const)(
  "the plan of all failed settlements of %s is what each match says of itself",
  async (category) => {
    const lives = [
      failed("pl-c", "bug"),
      failed("pl-a", "transient"),
      failed("pl-b", "bug"),
      failed("pl-dismissed", "bug").event("match.failure.dismissed", { stage: "settle", ...word }),
      failed("pl-in-hindsight", "bug").retro(),
      failed("pl-asked-again", "bug").retry(),
      failed("pl-settled", "bug").requested("analyse").analysed().retry().requested("settle").settled(),
      failed("pl-history", "bug").scheduled({ purpose: "history" }),
    ];
    const { db, projector, queries } = tables();
    projector.apply(messagesOf(interleave(lives)));
    const book = matchBook(queriesThrough(() => queries));
    const order = { matchIds: null, category, reason: null };
    const { accepted, skipped } = await planRetry(order, book);
    const wanted = [...candidatesOf({ what: "settlement.retry", window: null, stages: null, ...order }, book)]
      .map(({ id, match }) => ({ id, result: retryOf(match, category) }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(accepted).toEqual(wanted.flatMap(({ id, result }) => (result === "accepted" ? [id] : [])));
    expect(skipped).toEqual(
      wanted.flatMap(({ id, result }) => (result === "accepted" ? [] : [{ matchId: id, why: result }])),
    );
    if (category === "bug") expect([accepted, skipped.length > 0]).toEqual([["pl-b", "pl-c"], true]);
    db.close();
  },
);
