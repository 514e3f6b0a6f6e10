import { expect, test } from "vitest";
import { statuses, isTerminal, isUnderWay, isVoid } from "../../src/match/status.ts";
import { basisOf, pointsOf, quota, quotasOf, settle } from "../../src/match/settlement.ts";
import { history, hour, kickoff, minute, tip } from "../support/history.ts";

test("statuses: what ends a match, what ends it void, what has begun", () => {
  expect(statuses.filter(isTerminal)).toEqual(["finished", "cancelled", "abandoned", "awarded", "walk-over"]);
  expect(statuses.filter(isVoid)).toEqual(["cancelled", "abandoned", "awarded", "walk-over"]);
  expect(statuses.filter(isUnderWay)).toEqual(["in-play", "interrupted"]);
});

/** round(0.6 N/c + 1.4) with halves up, held in 2..6, in exact rationals: floor((6N/10c) + 14/10 + 1/2). */
function oracle(total: number, count: number): number {
  if (count === 0) return 6;
  const [n, c] = [BigInt(total), BigInt(count)];
  const [numerator, denominator] = [6n * n * 10n + 14n * 10n * c + 50n * c, 100n * c];
  const rounded = Number(numerator / denominator);
  return Math.min(6, Math.max(2, rounded));
}

test("quota agrees with exact rationals for every count of up to 200 predictions", () => {
  for (let total = 0; total <= 200; total++) {
    for (let count = 0; count <= total; count++) {
      if (quota(total, count) !== oracle(total, count))
        expect([total, count, quota(total, count)]).toEqual(oracle(total, count));
    }
  }
});

test.each([
  [63, 18],
  [77, 22],
  [119, 34],
  [126, 36],
])("quota(%i, %i) is where floating point is off", (total, count) => {
  expect(quota(total, count)).toBe(oracle(total, count));
});

test("for 42 predictions: c 0..6 -> 6, 7..8 -> 5, 9..12 -> 4, 13..22 -> 3, from 23 -> 2", () => {
  const of = Array.from({ length: 43 }, (_, count) => quota(42, count));
  const run = (points: number, length: number) => Array.from({ length }, () => points);
  expect(of).toEqual([...run(6, 7), ...run(5, 2), ...run(4, 4), ...run(3, 10), ...run(2, 20)]);
});

test("30 home, 8 draw, 4 away: quotas 2/5/6, and what a 1-1 earns", () => {
  const tips = [
    ...Array.from({ length: 30 }, () => ({ home: 2, away: 1 })),
    ...Array.from({ length: 8 }, () => ({ home: 0, away: 0 })),
    ...Array.from({ length: 4 }, () => ({ home: 0, away: 1 })),
  ];
  const quotas = quotasOf(tips);
  expect(quotas).toEqual({ home: 2, draw: 5, away: 6 });
  const result = { home: 1, away: 1 };
  expect(pointsOf({ home: 1, away: 1 }, result, quotas)).toBe(9);
  expect(pointsOf({ home: 0, away: 0 }, result, quotas)).toBe(6);
  expect(pointsOf({ home: 1, away: 0 }, result, quotas)).toBe(0);
  expect(pointsOf({ home: 0, away: 3 }, result, quotas)).toBe(0);
  expect(pointsOf({ home: 3, away: 1 }, { home: 2, away: 0 }, quotas)).toBe(3);
  expect(pointsOf({ home: 0, away: 1 }, { home: 0, away: 1 }, quotas)).toBe(10);
});

function predicted() {
  const life = history()
    .scheduled()
    .at(kickoff - 6 * hour)
    .requested("analyse")
    .analysed();
  return life.at(kickoff - 30 * minute).requested("predict");
}

test("the basis is null until the end, then the revision and what counts; a void one's is its status", () => {
  const life = predicted();
  expect(basisOf(life.match)).toBeNull();
  life
    .predicted()
    .at(kickoff + 2 * hour)
    .finished();
  const first = basisOf(life.match);
  expect(first).toMatch(/^finished-1-[0-9a-f]{16}$/);
  life.requested("settle").settled();
  expect(basisOf(life.match)).toBe(first);
  life.finished(2, 2);
  expect(basisOf(life.match)).toMatch(/^finished-2-/);
  expect(basisOf(life.match)?.slice(-16)).toBe(first?.slice(-16));
  for (const status of statuses.filter(isVoid)) expect(basisOf(life.scheduled({ status }).match)).toBe(status);
});

test.each(statuses.filter(isVoid))("%s is settled as void, with its status as the reason", (status) => {
  const { match } = predicted().predicted().scheduled({ status });
  expect(settle(match)).toEqual({
    settled: {
      basis: status,
      revision: null,
      void: { reason: status, status },
      quotas: null,
      quotasFrom: null,
      quotasOf: [],
      points: [],
    },
  });
});

test("without answers: no analysis is void, an analysis is a failure", () => {
  const unseen = history()
    .scheduled()
    .at(kickoff + 2 * hour)
    .finished();
  expect(settle(unseen.match)).toMatchObject({
    settled: { revision: 1, void: { reason: "no-analysis", status: "finished" }, points: [] },
  });
  expect(
    settle(
      predicted()
        .at(kickoff + 2 * hour)
        .finished().match,
    ),
  ).toEqual({ failed: "no-predictions" });
});

test("asking to settle what has no basis is a broken invariant", () => {
  expect(() => settle(history().scheduled().match)).toThrow(/no basis/);
});

test("quotas come from what stood at kick-off; retro answers are scored with them; late ones count for nothing", () => {
  const life = predicted().predicted([tip("elo", 2, 1)]);
  life.at(kickoff).predicted([tip("pi", 1, 0)]);
  life
    .at(kickoff + 2 * hour)
    .finished(2, 1)
    .retro()
    .requested("predict")
    .predicted([tip("poisson", 2, 1)]);
  const made = settle(life.match);
  expect(made).toMatchObject({
    settled: {
      quotasFrom: "live",
      quotas: { home: 2, draw: 6, away: 6 },
      points: [
        { model: "elo", points: 6 },
        { model: "poisson", points: 6 },
      ],
    },
  });
});

test("where nobody predicted in time the quotas are the retro answers'", () => {
  const life = predicted()
    .at(kickoff + 2 * hour)
    .finished(0, 0)
    .retro()
    .requested("predict")
    .predicted([tip("elo", 1, 1), tip("pi", 2, 0)]);
  const { sequence } = life.last;
  expect(settle(life.match)).toMatchObject({
    settled: {
      quotasFrom: "retro",
      quotasOf: [sequence],
      quotas: { home: 3, draw: 3, away: 6 },
      points: [
        { model: "elo", points: 4 },
        { model: "pi", points: 0 },
      ],
    },
  });
});
