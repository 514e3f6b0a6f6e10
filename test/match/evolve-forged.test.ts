import { expect, test } from "vitest";
import { type History, history, hour, kickoff, minute, tip } from "../support/history.ts";

const ready = () => history().scheduled();
const analysed = () =>
  ready()
    .at(kickoff - 6 * hour)
    .requested("analyse")
    .analysed();
const asked = () =>
  analysed()
    .at(kickoff - 30 * minute)
    .requested("predict");
const complete = () => asked().predicted();
const settled = () =>
  complete()
    .at(kickoff + 2 * hour)
    .finished()
    .requested("settle")
    .settled();

/** Everything but the version and the note that it was ignored stays. */
function expectIgnored(life: History, forge: (life: History) => unknown, why: RegExp): void {
  const before = life.match;
  forge(life);
  const { version, ignored, ...rest } = life.match;
  const { version: old, ignored: notes, ...known } = before;
  expect(version).toBe(old + 1);
  expect(ignored.slice(0, -1)).toEqual(notes);
  expect(ignored.at(-1)).toMatchObject({ sequence: version, why: expect.stringMatching(why) });
  expect(rest).toEqual(known);
}

const forged: [string, () => History, (life: History) => unknown, RegExp][] = [
  ["a second settled", settled, (life) => life.settled(), /no open request/],
  [
    "a second settled with a request of its own",
    () => settled().requested("settle"),
    (life) => life.settled(),
    /already/,
  ],
  [
    "settled on another basis",
    () => settled().finished(3, 3).requested("settle"),
    (life) => life.settled({ basis: "finished-9-x" }),
    /basis/,
  ],
  ["settled history", () => ready().scheduled({ purpose: "history" }).finished(), (life) => life.settled(), /history/],
  [
    "a gap of a match that was never scheduled",
    history,
    (life) =>
      life.event("match.gap.raised", {
        severity: "missed",
        stage: "predict",
        dueSince: new Date(kickoff).toISOString(),
      }),
    /never scheduled/,
  ],
  [
    "a roster named before the analysis",
    () => ready().at(kickoff - hour),
    (life) => life.requested("predict"),
    /before the analysis/,
  ],
  [
    "a fixture observed after it was told",
    ready,
    (life) => life.scheduled({ observedAt: "2099-01-01T00:00:00.000Z" }),
    /observed after/,
  ],
  ["a kick-off in a far year", ready, (life) => life.scheduled({ kickoff: Date.UTC(9999, 0, 1) }), /two years ahead/],
  ["predicted without a request", analysed, (life) => life.predicted(), /no open request/],
  [
    "predicted of another round than its request's",
    asked,
    (life) =>
      life.event(
        "match.predicted",
        { round: 2, retroactive: false, answers: [tip("elo")] },
        { causationId: life.match.predictionRequests[0]?.id ?? "" },
      ),
    /no open request/,
  ],
  [
    "a normal request's answer that claims to be retroactive",
    asked,
    (life) =>
      life.event(
        "match.predicted",
        { round: 1, retroactive: true, answers: [tip("elo")] },
        { causationId: life.last.id },
      ),
    /no open request/,
  ],
  ["an answer of a model that is not on the roster", asked, (life) => life.predicted([tip("stranger")]), /roster/],
  ["analysed without a request", ready, (life) => life.analysed(), /no open request/],
  ["analysed twice", analysed, (life) => life.analysed(), /no open request/],
  [
    "analysed of another round",
    () => ready().requested("analyse"),
    (life) => life.analysed({ round: 2 }),
    /no open request/,
  ],
  ["line-ups nobody asked for", ready, (life) => life.lineups(), /no open request/],
  ["line-ups closed twice", () => ready().lineups(false), (life) => life.lineups(false), /no open request/],
  [
    "a request with a copied id",
    () => ready().requested("analyse"),
    (life) =>
      life.event(
        "match.analysis.requested",
        { stage: "analyse", round: 1, attempt: 9, reason: "due", budgetMs: 1, retroactive: false },
        { id: life.last.id },
      ),
    /id was used/,
  ],
  ["a request for what is done", analysed, (life) => life.requested("analyse"), /done/],
  [
    "a request for another stage than its type's",
    ready,
    (life) =>
      life.event("match.analysis.requested", {
        stage: "settle",
        round: 1,
        attempt: 1,
        reason: "due",
        budgetMs: 1,
        retroactive: false,
      }),
    /another stage/,
  ],
  [
    "a request for round 3",
    () => ready().requested("analyse"),
    (life) => life.requested("analyse", { round: 3 }),
    /round 3/,
  ],
  ["a request for round 2 before round 1 began", ready, (life) => life.requested("analyse", { round: 2 }), /round 2/],
  [
    "a normal request for an ended match",
    () => ready().scheduled({ status: "cancelled" }),
    (life) => life.requested("analyse"),
    /cancelled/,
  ],
  [
    "a normal request for a postponed match",
    () => ready().scheduled({ status: "postponed" }),
    (life) => life.requested("predict"),
    /postponed/,
  ],
  [
    "a request for history",
    () => ready().scheduled({ purpose: "history" }),
    (life) => life.requested("analyse"),
    /history/,
  ],
  ["a request for an unknown match", history, (life) => life.requested("analyse"), /before it was scheduled/],
  [
    "an older observation of the fixture",
    ready,
    (life) => life.scheduled({ observedAt: new Date(life.now - 1).toISOString(), status: "cancelled" }),
    /older/,
  ],
  [
    "an older observation of the result",
    settled,
    (life) => life.finished(5, 5, { observedAt: new Date(kickoff).toISOString() }),
    /older/,
  ],
  ["a revision gap", settled, (life) => life.finished(5, 5, { revision: 3 }), /does not follow/],
  ["a revision twice", settled, (life) => life.finished(5, 5, { revision: 1 }), /does not follow/],
  ["finished before it was scheduled", history, (life) => life.finished(), /before it was scheduled/],
  ["a failure of what nobody asked for", ready, (life) => life.failed("analyse"), /no open request/],
  [
    "missed before the kick-off",
    ready,
    (life) => life.at(kickoff - 1).failed("analyse", { category: "missed" }),
    /without a kick-off/,
  ],
  [
    "missed after the end",
    () => ready().scheduled({ status: "abandoned" }),
    (life) => life.at(kickoff + 1).failed("analyse", { category: "missed" }),
    /without a kick-off/,
  ],
  [
    "missed although done",
    analysed,
    (life) => life.at(kickoff).failed("analyse", { category: "missed" }),
    /no open request/,
  ],
  ["a failure before it was scheduled", history, (life) => life.failed("analyse"), /before it was scheduled/],
  ["a word before it was scheduled", history, (life) => life.retro(), /before it was scheduled/],
  ["a word on history", () => ready().scheduled({ purpose: "history" }), (life) => life.retry(), /history/],
  [
    "a letter that was answered before",
    () => ready().at(kickoff).retro({ letter: 7 }),
    (life) => life.retro({ letter: 7 }),
    /letter/,
  ],
  [
    "a mark without a failure",
    ready,
    (life) => life.event("match.failure.dismissed", { stage: "settle", by: "me", reason: "known" }),
    /no failure/,
  ],
];

test.each(forged)("%s only moves the version", (_, given, forge, why) => expectIgnored(given(), forge, why));
