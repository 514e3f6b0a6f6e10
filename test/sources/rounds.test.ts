import { describe, expect, test } from "vitest";
import { legOf, matchdayOf, roundOf } from "../../src/sources/rounds.ts";
import { leagueNamed } from "../support/openfootball.ts";

test.each(["Matchday 12", "matchday 12", "Regular Season - 12", "12. Spieltag", "Round 12", "12", " 12 "])(
  "%s is round 12",
  (label) => expect(matchdayOf(roundOf(label))).toBe("12"),
);

test.each(["Play-offs - Semi-finals", "Relegation Round - 3", "Final", "Matchday 123"])("%s is a stage", (label) => {
  expect(roundOf(label)).toEqual({ stage: label });
});

test("no round is none", () => expect([roundOf(null), roundOf("  "), matchdayOf(null)]).toEqual([null, null, null]));

describe("the leg of a numbered round", () => {
  test.each([
    ["pl", "2025-26", 1, 1],
    ["pl", "2025-26", 38, 1],
    ["pl", "2025-26", 39, null],
    ["pl", "2025-26", 0, null],
    ["abl", "2016-17", 18, 1],
    ["abl", "2016-17", 19, 2],
    ["abl", "2016-17", 36, 2],
    ["abl", "2024-25", 22, 1],
    ["abl", "2024-25", 23, 2],
    ["fl1", "2022-23", 38, 1],
    ["fl1", "2023-24", 35, null],
  ])("%s %s, round %d: %o", (league, season, round, leg) =>
    expect(legOf(leagueNamed(league), season, round)).toBe(leg),
  );
});
