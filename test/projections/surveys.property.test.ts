import fc from "fast-check";
import { expect, test } from "vitest";
import { gapOf } from "../../src/match/coverage.ts";
import { nextTurnAt } from "../../src/match/next-due.ts";
import { watchedSpan } from "../../src/projections/gaps-at.ts";
import { queriesThrough } from "../../src/projections/queries.ts";
import { day, history } from "../support/history.ts";
import { steps, take, walk } from "../match/walk.ts";
import { letterOf, messagesOf, tables } from "./support.ts";

test("what a match lacks stays as it is up to its next turn", () => {
  fc.assert(
    fc.property(steps, (path) => {
      const { match, now, policy } = walk(path);
      for (let at = now, turn = 0; turn < 30; turn++) {
        const next = nextTurnAt(match, at, policy);
        expect(next).toBeGreaterThan(at);
        const last = Math.min(next, at + 400 * day) - 1;
        expect(gapOf(match, last, policy)).toEqual(gapOf(match, at, policy));
        if (next === Number.POSITIVE_INFINITY) return;
        at = next;
      }
      throw new Error("there is no end of its turns");
    }),
    { numRuns: 500 },
  );
});

test("a survey that remembers says what a look at every match says, whatever happened in between", async () => {
  await fc.assert(
    fc.asyncProperty(fc.tuple(steps, steps), async (paths) => {
      const lives = paths.map((_, i) => history(`pl-2016-17-a-b${i}`).scheduled());
      const { db, projector, queries } = tables();
      try {
        const through = queriesThrough(() => queries);
        const told = lives.map(() => 0);
        let [sequence, now] = [0, 0];
        const write = () => {
          for (const [i, life] of lives.entries()) {
            const entries = life.events.slice(told[i]);
            told[i] = life.events.length;
            projector.apply(
              messagesOf(
                entries.map((it) => letterOf("match", life.id, it)),
                sequence + 1,
              ),
            );
            sequence += entries.length;
            now = Math.max(now, life.now);
          }
        };
        for (let at = 0; at < Math.max(...paths.map(({ length }) => length)); at++) {
          for (const [i, life] of lives.entries()) {
            const step = paths[i]?.[at];
            if (step !== undefined) take(life, step);
          }
          write();
          for (const later of [0, 1, 60_000, 3_600_000]) {
            const [policy, instant] = [history().policy, now + later];
            const { ahead, back } = watchedSpan(policy);
            expect(await through.surveyGaps(instant, ahead, back, policy)).toEqual(
              queries.gaps(instant, ahead, back, policy),
            );
            expect(await through.surveyCoverage(instant, policy)).toEqual(queries.coverage(instant, policy));
          }
        }
      } finally {
        db.close();
      }
    }),
    { numRuns: 60 },
  );
});
