import fc from "fast-check";
import { expect, test } from "vitest";
import { countingAnswers, isComplete } from "../../src/match/answers.ts";
import { gapOf } from "../../src/match/coverage.ts";
import { due } from "../../src/match/due.ts";
import { mayBeDue, nextDueAt } from "../../src/match/next-due.ts";
import { hasBegun, needsNewRound } from "../../src/match/schedule.ts";
import { basisOf } from "../../src/match/settlement.ts";
import { isTerminal } from "../../src/match/status.ts";
import { day, hour, minute } from "../support/history.ts";
import { obey, settleDown, steps, walk } from "./walk.ts";

const runs = { numRuns: Number(process.env.WALKS ?? 1500) };
const offset = fc.oneof(fc.constantFrom(0, 1, minute, 5 * minute, hour, day), fc.integer({ min: 0, max: 12 * day }));

test("what is due stays due until an event changes the match", () => {
  fc.assert(
    fc.property(steps, fc.array(offset, { minLength: 4, maxLength: 8 }), (path, offsets) => {
      const { match, policy } = walk(path);
      const next = nextDueAt(match, policy) ?? match.updatedAt;
      const instants = [0, ...offsets].flatMap((ms) => [match.updatedAt + ms, next + ms]).sort((a, b) => a - b);
      let since: number | null = null;
      for (const at of instants) {
        const empty = due(match, at, policy).length === 0;
        expect(since !== null && empty, `due at ${since}, no longer at ${at}`).toBe(false);
        if (!empty) since ??= at;
      }
    }),
    runs,
  );
});

test("nextDueAt is the first instant at which anything is due", () => {
  fc.assert(
    fc.property(steps, fc.array(offset, { minLength: 4, maxLength: 8 }), (path, offsets) => {
      const { match, policy } = walk(path);
      const next = nextDueAt(match, policy);
      const until = next ?? Number.POSITIVE_INFINITY;
      if (next !== null) expect(due(match, next, policy)).not.toEqual([]);
      const before = offsets.flatMap((ms) => [match.updatedAt + ms, (next ?? match.updatedAt) - 1 - ms]);
      for (const at of before.filter((it) => it >= match.updatedAt && it < until)) {
        expect(due(match, at, policy), `at ${at}, ${until - at} ms too early`).toEqual([]);
        expect(mayBeDue(match, at, policy)).toBe(false);
      }
      if (next !== null) expect(mayBeDue(match, next, policy)).toBe(true);
      // Of another policy, or another state, nothing is known.
      expect(mayBeDue(match, 0, { ...policy })).toBe(true);
      expect(mayBeDue({ ...match }, 0, policy)).toBe(true);
    }),
    runs,
  );
});

test("what dispatch appends is not due again at once", () => {
  fc.assert(
    fc.property(steps, (path) => settleDown(walk(path))),
    runs,
  );
});

test.each([{ healthy: true }, { healthy: false }])("every match comes to an end (healthy: $healthy)", ({ healthy }) => {
  fc.assert(
    fc.property(steps, (path) => {
      const life = walk(path);
      obey(life, { healthy });
      const { match } = life;
      expect(match.fixture && isTerminal(match.fixture.status)).toBe(true);
      expect(nextDueAt(match, life.policy)).toBeNull();
      expect(match.retro).toBeNull();
      const settled = basisOf(match) === match.settlement?.basis;
      const failure = match.stages.settle.failure;
      expect(settled || (failure !== null && failure.retryAt === null), JSON.stringify(match.stages.settle)).toBe(true);
      if (!settled) expect(gapOf(match, life.now, life.policy)?.missing).toContain("settle");
    }),
    // An unhealthy end takes seven days of hourly attempts.
    { numRuns: healthy ? runs.numRuns : Math.ceil(runs.numRuns / 10) },
  );
});

/** The operator's fear. Failures that only an operator ends, or that wait past kick-off, are excused: those are shown, not silent. */
test("a match still ahead by 20 minutes never passes its kick-off without predictions, unless it says why", () => {
  fc.assert(
    fc.property(steps, (path) => {
      const life = walk(path);
      const { fixture } = life.match;
      if (fixture === null || isTerminal(fixture.status) || fixture.status === "postponed") return;
      if (hasBegun(fixture, life.now) || fixture.kickoff - life.now < 20 * minute) return;
      const { analyse, predict } = life.match.stages;
      const renewed = needsNewRound(life.match, life.policy);
      const waits =
        !renewed &&
        [analyse, predict].some((stage) => stage.failure !== null || (stage.request !== null && stage.attempts > 0));
      obey(life, { until: fixture.kickoff - 1 });
      if (!waits) {
        expect(isComplete(life.match)).toBe(true);
        // Those that were not asked for, for want of quota, are no word on whether there are any: they stay open, and say so.
        const { done, failure } = life.match.stages.lineups;
        if (failure?.category !== "budget") expect(done).not.toBeNull();
      }
      if (isComplete(life.match) && countingAnswers(life.match).length > 0) return;
      obey(life.at(fixture.kickoff), { until: fixture.kickoff });
      expect(gapOf(life.match, life.now, life.policy)?.severity).toBe("missed");
      expect(life.match.gap?.severity).toBe("missed");
    }),
    runs,
  );
});
