import fc from "fast-check";
import { expect, test } from "vitest";
import { openModels } from "../../src/match/answers.ts";
import { due } from "../../src/match/due.ts";
import { categories, type MatchEventType, stages } from "../../src/match/event.ts";
import { statuses } from "../../src/match/status.ts";
import { fold } from "../../src/match/evolve.ts";
import { type Match, unknownMatch } from "../../src/match/match.ts";
import { nextDueAt } from "../../src/match/next-due.ts";
import { day, failedModel, fixture, history, kickoff, roster, tip } from "../support/history.ts";
import { steps, walk } from "./walk.ts";

test("predict is done exactly while every roster model is accounted for", () => {
  fc.assert(
    fc.property(steps, (path) => {
      const { match } = walk(path);
      const accounted = match.round.roster !== null && openModels(match).length === 0;
      expect(match.stages.predict.done !== null).toBe(accounted);
    }),
  );
});

const instant = fc
  .date({ min: new Date(kickoff - 9 * day), max: new Date(kickoff + 9 * day), noInvalidDate: true })
  .map((date) => date.toISOString());
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value);
const score = fc.record({ home: fc.nat(4), away: fc.nat(4) });
const id = fc.constantFrom("a", "b", "c", "d");
const data = fc.record({
  ...Object.fromEntries(Object.entries(fixture).map(([key, value]) => [key, fc.constant(value)])),
  kickoff: instant,
  observedAt: instant,
  status: fc.constantFrom(...statuses),
  purpose: fc.constantFrom("live", "live", "live", "history"),
  stage: fc.constantFrom(...stages),
  stages: maybe(fc.subarray([...stages])),
  round: fc.integer({ min: 1, max: 3 }),
  attempt: fc.nat(6),
  of: fc.nat(6),
  reason: fc.constantFrom("due", "retro"),
  budgetMs: fc.nat(1e6),
  retroactive: fc.boolean(),
  roster: fc.constant(roster),
  asOf: instant,
  available: fc.boolean(),
  answers: fc.array(
    fc.oneof(
      fc.constant(tip("elo")),
      fc.constantFrom(...categories).map((it) => failedModel("pi", it)),
    ),
  ),
  revision: fc.integer({ min: 1, max: 3 }),
  score: fc.record({ regular: score, extraTime: maybe(score), shootOut: maybe(score) }),
  how: fc.constant("regular"),
  basis: fc.constantFrom("cancelled", "finished-1-cbf29ce484222325"),
  void: fc.constant(null),
  points: fc.constant([]),
  category: fc.constantFrom(...categories),
  fingerprint: fc.constant("f"),
  retryAt: maybe(instant),
  letter: fc.nat(3),
  by: fc.constant("me"),
  request: id,
  severity: fc.constantFrom("info", "warning", "critical", "missed"),
  dueSince: instant,
});
const types: MatchEventType[] = [
  "match.scheduled",
  "match.analysis.requested",
  "match.lineups.requested",
  "match.prediction.requested",
  "match.settlement.requested",
  "match.analysed",
  "match.lineups",
  "match.predicted",
  "match.finished",
  "match.settled",
  "match.failed",
  "match.retro.requested",
  "match.retry.requested",
  "match.retro.cancelled",
  "match.failure.dismissed",
  "match.failure.restored",
  "match.request.rejected",
  "match.request.noop",
  "match.gap.raised",
  "match.gap.resolved",
];
const garbage = fc.array(
  fc.record({
    type: fc.constantFrom("match.scheduled" as const, ...types),
    id,
    causationId: maybe(id),
    time: instant,
    actor: fc.constant("x"),
    data,
  }),
  { maxLength: 40 },
);

test("the fold and what is due are total: any sequence of any events", () => {
  fc.assert(
    fc.property(garbage, (entries) => {
      const events = entries.map((it, i) => ({ ...it, sequence: i + 1, time: Date.parse(it.time) }));
      const match: Match = fold(unknownMatch("pl-x"), events as never);
      expect(match.version).toBe(events.length);
      const next = nextDueAt(match, history().policy);
      if (next !== null) expect(due(match, next, history().policy)).not.toEqual([]);
    }),
    { numRuns: 3000 },
  );
});
