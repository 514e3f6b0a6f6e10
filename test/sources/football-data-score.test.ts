import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readMatch } from "../../src/sources/football-data-match.ts";
import { resultOf } from "../../src/sources/football-data-score.ts";
import { readEach } from "../../src/sources/live.ts";
import { isDoubt } from "../../src/sources/score.ts";
import { bundesliga } from "../support/openfootball.ts";
import { envelope } from "../support/provider-server.ts";

const goals = (home: number, away: number) => ({ home, away });
const none = { home: null, away: null };
const [REGULAR, EXTRA_TIME, PENALTY_SHOOTOUT] = [
  { duration: "REGULAR" },
  { duration: "EXTRA_TIME" },
  { duration: "PENALTY_SHOOTOUT" },
];

describe("the score after 90 minutes", () => {
  test.for([
    ["is full time", { ...REGULAR, fullTime: goals(2, 1) }, goals(2, 1)],
    ["is full time of a rout", { ...REGULAR, fullTime: goals(36, 0) }, goals(36, 0)],
    ["is regular time", { ...EXTRA_TIME, fullTime: goals(3, 2), regularTime: goals(2, 2) }, goals(2, 2)],
    ["is full time less extra time", { ...EXTRA_TIME, fullTime: goals(3, 2), extraTime: goals(1, 0) }, goals(2, 2)],
    [
      "is full time less extra time and shoot-out",
      { ...PENALTY_SHOOTOUT, fullTime: goals(7, 5), extraTime: goals(1, 1), penalties: goals(4, 2) },
      goals(2, 2),
    ],
    [
      "is regular time where nobody speaks of extra time",
      { ...PENALTY_SHOOTOUT, fullTime: goals(5, 3), regularTime: goals(1, 1), penalties: goals(4, 2) },
      goals(1, 1),
    ],
    [
      "is nil where there were goals only from the spot",
      { ...PENALTY_SHOOTOUT, fullTime: goals(4, 2), extraTime: goals(0, 0), penalties: goals(4, 2) },
      goals(0, 0),
    ],
    [
      "is regular time, though the shoot-out is there at nil from extra time on",
      {
        ...EXTRA_TIME,
        fullTime: goals(2, 1),
        regularTime: goals(1, 1),
        extraTime: goals(1, 0),
        penalties: goals(0, 0),
      },
      goals(1, 1),
    ],
  ] as const)("%s", ([, raw, expected]) => {
    expect(resultOf(raw, false)).toMatchObject({ score: { regular: expected } });
  });

  test("stands beside the winner that is documented or none, and half a regular time that agrees", () => {
    const fullTime = goals(7, 5);
    const shootOut = { ...PENALTY_SHOOTOUT, fullTime, extraTime: goals(1, 1), penalties: goals(4, 2) };
    for (const winner of ["HOME_TEAM", null, undefined, "X"]) {
      expect(isDoubt(resultOf({ ...shootOut, winner }, false))).toBe(false);
      const half = { ...REGULAR, winner, fullTime: goals(2, 0), regularTime: { home: 2, away: null } };
      expect(isDoubt(resultOf({ ...half, halfTime: goals(2, 0) }, false))).toBe(false);
    }
    // Of two legs the one who goes on may have lost this one.
    const leg = { ...REGULAR, winner: "AWAY_TEAM", fullTime: goals(2, 0) };
    expect(isDoubt(resultOf(leg, true))).toBe(false);
  });

  test("is not there yet", () => {
    expect(resultOf({ ...REGULAR, fullTime: none }, false)).toBeNull();
    expect(resultOf({ ...REGULAR, fullTime: { home: 1, away: null } }, false)).toBeNull();
  });

  test.for([
    ["no-90-minute-score", "its duration is missing: 7-5 may hold goals", { fullTime: goals(7, 5) }],
    [
      "no-90-minute-score",
      "its duration is missing",
      { duration: null, fullTime: goals(1, 0), regularTime: goals(1, 0) },
    ],
    [
      "no-90-minute-score",
      '"GOLDEN_GOAL", which is not documented',
      { duration: "GOLDEN_GOAL", fullTime: goals(2, 1) },
    ],
    ["no-90-minute-score", "extra time and the score after 90", { ...EXTRA_TIME, fullTime: goals(2, 1) }],
    ["no-90-minute-score", "shoot-out whose goals are not told", { ...PENALTY_SHOOTOUT, fullTime: goals(1, 1) }],
    [
      "no-90-minute-score",
      "2-1 may be the goals of its extra time or the score after it",
      { ...EXTRA_TIME, fullTime: goals(2, 1), extraTime: goals(2, 1) },
    ],
    [
      "contradictory-score",
      "REGULAR and has fullTime 2-1, regularTime 1-1",
      { ...REGULAR, fullTime: goals(2, 1), regularTime: goals(1, 1) },
    ],
    ["contradictory-score", "penalties 4-2", { ...REGULAR, fullTime: goals(5, 3), penalties: goals(4, 2) }],
    ["contradictory-score", "extraTime 1-0", { ...REGULAR, fullTime: goals(2, 1), extraTime: goals(1, 0) }],
    [
      "contradictory-score",
      "EXTRA_TIME and has fullTime 6-4, regularTime 2-2, penalties 4-2",
      { ...EXTRA_TIME, fullTime: goals(6, 4), regularTime: goals(2, 2), penalties: goals(4, 2) },
    ],
    [
      "contradictory-score",
      "do not add up to its full-time score: fullTime 4-2, regularTime 2-2, extraTime 1-0",
      { ...EXTRA_TIME, fullTime: goals(4, 2), regularTime: goals(2, 2), extraTime: goals(1, 0) },
    ],
    [
      "contradictory-score",
      "extra time from 2-2 to 2-2 decides nothing",
      { ...EXTRA_TIME, fullTime: goals(2, 2), regularTime: goals(2, 2) },
    ],
    [
      "contradictory-score",
      "do not add up",
      {
        ...PENALTY_SHOOTOUT,
        fullTime: goals(6, 4),
        regularTime: goals(1, 1),
        extraTime: goals(0, 0),
        penalties: goals(4, 2),
      },
    ],
    [
      "contradictory-score",
      "more than its full-time score",
      { ...PENALTY_SHOOTOUT, fullTime: goals(1, 1), extraTime: goals(0, 0), penalties: goals(5, 4) },
    ],
    [
      "contradictory-score",
      "2-1 after 90 minutes is decided",
      { ...PENALTY_SHOOTOUT, fullTime: goals(6, 4), regularTime: goals(2, 1), penalties: goals(4, 3) },
    ],
    [
      "contradictory-score",
      "extra time from 1-1 to 2-1 leaves no shoot-out",
      {
        ...PENALTY_SHOOTOUT,
        fullTime: goals(6, 4),
        regularTime: goals(1, 1),
        extraTime: goals(1, 0),
        penalties: goals(4, 3),
      },
    ],
    [
      "contradictory-score",
      "a shoot-out does not end 4-4",
      { ...PENALTY_SHOOTOUT, fullTime: goals(5, 5), regularTime: goals(1, 1), penalties: goals(4, 4) },
    ],
    [
      "contradictory-score",
      "winner is AWAY_TEAM with fullTime 2-0",
      { ...REGULAR, fullTime: goals(2, 0), winner: "AWAY_TEAM" },
    ],
    ["contradictory-score", "winner is DRAW with fullTime 2-0", { ...REGULAR, fullTime: goals(2, 0), winner: "DRAW" }],
    [
      "contradictory-score",
      "3-0 at half-time cannot become 1-0",
      { ...REGULAR, fullTime: goals(1, 0), halfTime: goals(3, 0) },
    ],
    [
      "contradictory-score",
      "its regularTime 1-? is not 2-0",
      { ...REGULAR, fullTime: goals(2, 0), regularTime: { home: 1, away: null } },
    ],
    [
      "contradictory-score",
      "3-0 at half-time cannot become 2-2",
      { ...EXTRA_TIME, fullTime: goals(3, 2), regularTime: goals(2, 2), halfTime: goals(3, 0) },
    ],
    ["absurd-score", "99-0 has more goals than any match on record (36)", { ...REGULAR, fullTime: goals(99, 0) }],
    ["absurd-score", "-1 in its fullTime counts no goals", { ...REGULAR, fullTime: goals(-1, 0) }],
    ["absurd-score", "1.5 in its fullTime counts no goals", { ...REGULAR, fullTime: goals(1.5, 0) }],
    ["absurd-score", "-3 in its penalties", { ...REGULAR, fullTime: goals(1, 0), penalties: goals(0, -3) }],
    [
      "absurd-score",
      "40-39 has more goals",
      { ...PENALTY_SHOOTOUT, fullTime: goals(41, 40), regularTime: goals(1, 1), penalties: goals(40, 39) },
    ],
  ] as const)("%s: %s", ([code, text, raw]) => {
    expect(resultOf(raw, false)).toEqual({ code, text: expect.stringContaining(text) });
  });

  test("of a second leg may be decided where the sum of both is not: Düsseldorf v Bochum, 27 May 2024", () => {
    const raw = {
      ...PENALTY_SHOOTOUT,
      fullTime: goals(5, 9),
      regularTime: goals(0, 3),
      extraTime: goals(0, 0),
      penalties: goals(5, 6),
    };
    expect(resultOf(raw, true)).toEqual({
      how: "shoot-out",
      score: { regular: goals(0, 3), extraTime: goals(0, 3), shootOut: goals(5, 6) },
    });
    expect(resultOf(raw, false)).toMatchObject({ code: "contradictory-score" });
    // What changes the sum leaves no shoot-out there either.
    const decided = { ...raw, fullTime: goals(6, 9), extraTime: goals(1, 0) };
    expect(resultOf(decided, true)).toMatchObject({ code: "contradictory-score" });
  });

  const side = fc.record({ home: fc.nat(6), away: fc.nat(6) });
  test("is the one that was played, or nobody's guess, whichever parts are left out", () => {
    fc.assert(
      fc.property(
        fc.record({ level: fc.nat(4), extra: fc.nat(3), shootOut: side }),
        fc.subarray(["regularTime", "extraTime", "penalties", "duration"]),
        ({ level, extra, shootOut }, left) => {
          fc.pre(shootOut.home !== shootOut.away);
          const played = goals(level, level);
          const raw = {
            ...PENALTY_SHOOTOUT,
            fullTime: goals(level + extra + shootOut.home, level + extra + shootOut.away),
            regularTime: played,
            extraTime: goals(extra, extra),
            penalties: shootOut,
          };
          const partly = Object.fromEntries(Object.entries(raw).filter(([part]) => !left.includes(part)));
          const result = resultOf({ ...partly, fullTime: raw.fullTime }, false);
          if (left.includes("duration")) expect(isDoubt(result)).toBe(true);
          if (!isDoubt(result)) expect(result?.score.regular).toEqual(played);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe("a match whose score is in doubt", () => {
  const { matches } = envelope("football-data", "BL1-2025") as { matches: Record<string, unknown>[] };
  const [first, second] = matches;
  const read = (raw: unknown) => readMatch(raw, bundesliga, "2025-26");

  test.for([
    [{ fullTime: goals(2, 0) }, "no-90-minute-score"],
    [{ ...REGULAR, fullTime: goals(2, 0), regularTime: goals(1, 0) }, "contradictory-score"],
    [{ ...REGULAR, fullTime: goals(2.5, 0) }, "absurd-score"],
  ] as const)("waits in quarantine alone, with the provider's number: %j", ([score, code]) => {
    const { told, refused } = readEach([{ ...first, score }, second], read);
    expect(told).toHaveLength(1);
    const text = expect.stringMatching(/it waits until football-data.org corrects it: tell them$/);
    expect(refused).toEqual([{ ref: "540001", code, match: expect.stringContaining("540001"), text, doubtful: true }]);
  });

  test("is not, before its end: nobody reads that score", () => {
    const score = { ...REGULAR, fullTime: goals(-1, 2.5) };
    expect(readEach([{ ...first, status: "IN_PLAY", score }], read).told).toMatchObject([{ status: "in-play" }]);
  });

  test("of a play-off is none for being unequal after 90 minutes", () => {
    const score = { ...PENALTY_SHOOTOUT, fullTime: goals(5, 9), regularTime: goals(0, 3), penalties: goals(5, 6) };
    expect(readEach([{ ...first, stage: "RELEGATION", score }], read).told).toHaveLength(1);
    expect(readEach([{ ...first, score }], read).refused).toMatchObject([{ code: "contradictory-score" }]);
  });
});
