import fc from "fast-check";
import { expect, test } from "vitest";
import type { LogMessage } from "../../src/events/log.ts";
import { defaultPolicy } from "../../src/match/policy.ts";
import { history, kickoff, day } from "../support/history.ts";
import { obey, type Step, step, steps, take } from "../match/walk.ts";
import { dump, interleave, messagesOf, on, tables } from "./support.ts";

const ids = ["pl-2016-17-a-b", "pl-2016-17-c-d", "bl1-2016-17-e-f"];

/** Half of the lives are led to their settlement, since chance seldom gets there; then something happens once more. */
const toTheEnd = fc
  .tuple(fc.array(step, { maxLength: 8 }), fc.array(step, { maxLength: 8 }))
  .map(([before, after]) => [...before, end, ...after]);

const lives = fc.record({
  paths: fc.array(fc.oneof(steps, toTheEnd), { minLength: 1, maxLength: ids.length }),
  order: fc.array(fc.nat(2), { maxLength: 150 }),
});

function logOf({ paths, order }: { paths: readonly (Step | typeof end)[][]; order: readonly number[] }): LogMessage[] {
  return messagesOf(
    interleave(
      paths.map((path, at) => lifeOf(ids[at] ?? "x", path)),
      order,
    ),
  );
}

const end = { do: "obey" } as const;

function lifeOf(id: string, path: readonly (Step | typeof end)[]) {
  const life = history(id, kickoff - 2 * day).scheduled();
  path.forEach((step, at) => {
    if (step.do === "obey") obey(life);
    else take(life, step);
    if (at % 13 === 12) life.broken();
    // What nobody asked for is ignored, and so is a letter's fact of another round.
    if (at % 17 === 16)
      life.lineups().event("match.settled", {
        basis: "forged",
        revision: 1,
        void: null,
        quotas: null,
        quotasFrom: null,
        quotasOf: [],
        points: [],
      });
  });
  return life;
}

function rowsOf(batches: readonly (readonly LogMessage[])[], cold = false) {
  const { db, projector } = tables();
  try {
    for (const batch of batches) (cold ? on(db).projector : projector).apply(batch);
    return dump(db);
  } finally {
    db.close();
  }
}

test("however the log is cut into batches, the rows are the same", () => {
  fc.assert(
    fc.property(lives, fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 60 }), (world, sizes) => {
      const log = logOf(world);
      const whole = rowsOf([log]);
      expect(rowsOf(log.map((message) => [message]))).toEqual(whole);
      const batches: LogMessage[][] = [];
      let at = 0;
      for (const size of [...sizes, log.length]) batches.push(log.slice(at, (at += size)));
      expect(rowsOf(batches, true)).toEqual(whole);
    }),
    { numRuns: 60 },
  );
});

test("rows that are held back end as if each batch had been written at once", () => {
  fc.assert(
    fc.property(lives, fc.integer({ min: 1, max: 30 }), fc.constantFrom(0, 20, 10_000), (world, size, room) => {
      const log = logOf(world);
      const { db, projector } = tables(defaultPolicy, room);
      for (let at = 0; at < log.length; at += size) projector.take(log.slice(at, at + size));
      expect(projector.sequence).toBe(log.at(-1)?.sequence);
      while (projector.settle());
      expect(dump(db)).toEqual(rowsOf([log]));
      // And whoever follows from there on finds what it needs.
      const more = messagesOf(interleave([history("pl-2016-17-x-y").scheduled()]), log.length + 1);
      projector.apply(more);
      expect(dump(db)).toEqual(rowsOf([[...log, ...more]]));
      db.close();
    }),
    { numRuns: 60 },
  );
});

test("batches delivered twice, overlapping or after a crash give the same rows", () => {
  fc.assert(
    fc.property(lives, fc.nat(), fc.nat(), (world, a, b) => {
      const log = logOf(world);
      const [from, to] = [a % log.length, b % log.length].sort((x, y) => x - y) as [number, number];
      expect(rowsOf([log.slice(0, to + 1), log.slice(0, to + 1), log.slice(from), log], true)).toEqual(rowsOf([log]));
    }),
    { numRuns: 30 },
  );
});

test("every state in the tables is the fold of its match", () => {
  fc.assert(
    fc.property(steps, (path) => {
      const life = lifeOf("pl-2016-17-a-b", path);
      const { db, projector, queries } = tables();
      projector.apply(messagesOf(interleave([life])));
      expect(queries.match(life.id)).toEqual(life.match);
      db.close();
    }),
    { numRuns: 30 },
  );
});
