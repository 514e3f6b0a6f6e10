import fc from "fast-check";
import { expect, test } from "vitest";
import { type BackfillScope, lackIn, lackOf } from "../../src/match/backfill.ts";
import type { Stage } from "../../src/match/event.ts";
import { day, history, hour, kickoff, roster } from "../support/history.ts";
import { obey, step, steps, take } from "../match/walk.ts";
import { interleave, messagesOf, tables } from "./support.ts";

const everything = { from: 0, to: Number.MAX_SAFE_INTEGER };
const wanted: (Stage[] | null)[] = [null, ["analyse"], ["predict"], ["settle"], ["predict", "settle"]];

/** Half of the lives are led to their settlement before something happens. */
const paths = fc.record({ before: steps, whole: fc.boolean(), after: fc.array(step, { maxLength: 6 }) });

test("a backfill is planned from the row of a match as from its state, at any instant", () => {
  let [whole, open] = [0, 0];
  fc.assert(
    fc.property(paths, (path) => {
      const life = history().scheduled();
      for (const it of path.before) take(life, it);
      if (path.whole) obey(life);
      for (const it of path.after) take(life, it);
      const { db, projector, queries } = tables();
      try {
        projector.apply(messagesOf(interleave([life])));
        const match = queries.match(life.id);
        const hindsight = queries.hindsight(life.id);
        const listed = queries.hindsights(everything);
        if (listed.length === 0) whole++;
        else open++;
        const at = match?.fixture?.kickoff ?? kickoff;
        for (const now of [life.now, at - 1, at, at + 400 * day]) {
          for (const stages of wanted) {
            const scope: BackfillScope = { stages, now, policy: life.policy, roster: roster.map(({ model }) => model) };
            const lack = lackOf(match, scope);
            expect(lackIn(hindsight, scope)).toEqual(lack);
            if (listed.length > 0) expect(lackIn(listed[0] ?? null, scope)).toEqual(lack);
            else expect(["nothing missing", "not begun", "history"]).toContain(lack);
          }
        }
      } finally {
        db.close();
      }
    }),
    { numRuns: 200 },
  );
  expect(Math.min(whole, open)).toBeGreaterThan(10);
});

test("what may lack something is found by its kick-off and competition, a settled match with a corrected result too", () => {
  const at = (id: string, competition: string, hours: number) =>
    history(id, kickoff - 2 * day).scheduled({ competition, kickoff: kickoff + hours * hour });
  const [settled, corrected] = [at("pl-a-b", "pl", 0), at("pl-c-d", "pl", 1)];
  for (const life of [settled, corrected]) obey(life);
  corrected.finished(3, 3);
  const lives = [at("pl-e-f", "pl", 3), at("bl1-g-h", "bl1", 2), settled, corrected];
  const { db, projector, queries } = tables();
  projector.apply(messagesOf(interleave([...lives, at("pl-i-j", "pl", 4).scheduled({ purpose: "history" })])));
  const found = (filter: object) => queries.hindsights({ ...everything, ...filter }).map(({ matchId }) => matchId);
  expect(found({})).toEqual(["pl-c-d", "bl1-g-h", "pl-e-f"]);
  expect(found({ competition: "pl" })).toEqual(["pl-c-d", "pl-e-f"]);
  expect(found({ from: kickoff + 2 * hour, to: kickoff + 3 * hour })).toEqual(["bl1-g-h", "pl-e-f"]);
  expect(found({ limit: 1 })).toEqual(["pl-c-d"]);
  db.close();
});
