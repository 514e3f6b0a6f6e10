import { describe, expect, test } from "vitest";
import { readFixture } from "../../src/sources/api-football-fixture.ts";
import type { RawFixture } from "../../src/sources/api-football-schema.ts";
import { resultOf } from "../../src/sources/api-football-score.ts";
import { readEach } from "../../src/sources/live.ts";
import { bundesliga } from "../support/openfootball.ts";
import { envelope } from "../support/provider-server.ts";

const goals = (home: number, away: number) => ({ home, away });
const none = { home: null, away: null };

type Parts = Partial<RawFixture["score"]> & { goals?: RawFixture["goals"] };

function fixtureOf(short: string, { goals = none, fulltime = none, ...parts }: Parts): RawFixture {
  return {
    fixture: { id: 1, date: "2025-08-22T18:30:00+00:00", status: { short } },
    league: { id: 78, season: 2025, round: "Regular Season - 1" },
    teams: { home: { name: "Bayern München" }, away: { name: "RB Leipzig" } },
    goals,
    score: { fulltime, extratime: none, penalty: none, ...parts },
  };
}

describe("the score after 90 minutes", () => {
  test.for([
    ["of FT is fulltime", "FT", { goals: goals(2, 1), fulltime: goals(2, 1) }, goals(2, 1), null],
    ["of FT is goals where fulltime is not told", "FT", { goals: goals(2, 1) }, goals(2, 1), null],
    [
      "of FT is goals where fulltime is half of it",
      "FT",
      { goals: goals(2, 1), fulltime: { home: 2, away: null }, halftime: goals(2, 1) },
      goals(2, 1),
      null,
    ],
    ["of FT is fulltime where goals are not told", "FT", { fulltime: goals(2, 1) }, goals(2, 1), null],
    [
      "of AET is fulltime, with the goals of extra time told",
      "AET",
      { goals: goals(3, 2), fulltime: goals(2, 2), extratime: goals(1, 0) },
      goals(2, 2),
      goals(3, 2),
    ],
    [
      "of AET is fulltime, with the score after extra time told",
      "AET",
      { goals: goals(3, 2), fulltime: goals(2, 2), extratime: goals(3, 2) },
      goals(2, 2),
      goals(3, 2),
    ],
    ["of AET is fulltime alone", "AET", { goals: goals(3, 2), fulltime: goals(2, 2) }, goals(2, 2), goals(3, 2)],
    [
      "of PEN is fulltime, and goals are without the shoot-out",
      "PEN",
      { goals: goals(3, 3), fulltime: goals(2, 2), extratime: goals(1, 1), penalty: goals(4, 2) },
      goals(2, 2),
      goals(3, 3),
    ],
    [
      "of PEN with the score after extra time told",
      "PEN",
      { goals: goals(3, 3), fulltime: goals(2, 2), extratime: goals(3, 3), penalty: goals(4, 2) },
      goals(2, 2),
      goals(3, 3),
    ],
    [
      "of PEN without extra time",
      "PEN",
      { goals: goals(1, 1), fulltime: goals(1, 1), penalty: goals(5, 4) },
      goals(1, 1),
      null,
    ],
  ] as const)("%s", ([, short, parts, regular, extraTime]) => {
    expect(resultOf(fixtureOf(short, parts), false)).toMatchObject({ score: { regular, extraTime } });
  });

  test("is not there yet", () => {
    expect(resultOf(fixtureOf("FT", {}), false)).toBeNull();
    expect(resultOf(fixtureOf("AET", { fulltime: goals(1, 1) }), false)).toBeNull();
  });

  test.for([
    ["contradictory-score", "fulltime 2-2 and goals 3-2", "FT", { goals: goals(3, 2), fulltime: goals(2, 2) }],
    [
      "contradictory-score",
      "1-0 in extra time or a shoot-out",
      "FT",
      { goals: goals(3, 2), fulltime: goals(3, 2), extratime: goals(1, 0) },
    ],
    [
      "contradictory-score",
      "4-2 in extra time or a shoot-out",
      "FT",
      { goals: goals(1, 1), fulltime: goals(1, 1), penalty: goals(4, 2) },
    ],
    ["no-90-minute-score", "not told", "AET", { goals: goals(3, 2), extratime: goals(1, 0) }],
    ["no-90-minute-score", "not told", "PEN", { goals: goals(1, 1), fulltime: goals(1, 1) }],
    [
      "contradictory-score",
      "3-2 after 90 minutes cannot become 2-2",
      "AET",
      { goals: goals(2, 2), fulltime: goals(3, 2) },
    ],
    [
      "contradictory-score",
      "extratime 2-0 does not lead from fulltime 2-2 to goals 3-2",
      "AET",
      { goals: goals(3, 2), fulltime: goals(2, 2), extratime: goals(2, 0) },
    ],
    ["contradictory-score", "decides nothing", "AET", { goals: goals(2, 2), fulltime: goals(2, 2) }],
    ["contradictory-score", "is decided", "AET", { goals: goals(3, 2), fulltime: goals(2, 1) }],
    [
      "contradictory-score",
      "a shoot-out of 4-2",
      "AET",
      { goals: goals(3, 2), fulltime: goals(2, 2), penalty: goals(4, 2) },
    ],
    [
      "contradictory-score",
      "leaves no shoot-out",
      "PEN",
      { goals: goals(5, 3), fulltime: goals(1, 1), penalty: goals(4, 2) },
    ],
    [
      "contradictory-score",
      "does not end 4-4",
      "PEN",
      { goals: goals(1, 1), fulltime: goals(1, 1), penalty: goals(4, 4) },
    ],
    [
      "contradictory-score",
      "2-0 at half-time cannot become 1-0",
      "FT",
      { goals: goals(1, 0), fulltime: goals(1, 0), halftime: goals(2, 0) },
    ],
    [
      "contradictory-score",
      "0-3 at half-time cannot become 2-2",
      "AET",
      { goals: goals(3, 2), fulltime: goals(2, 2), halftime: goals(0, 3) },
    ],
    [
      "contradictory-score",
      "fulltime 3-? and goals 1-2",
      "FT",
      { goals: goals(1, 2), fulltime: { home: 3, away: null } },
    ],
    [
      "contradictory-score",
      "fulltime 1-2 and goals ?-3",
      "FT",
      { goals: { home: null, away: 3 }, fulltime: goals(1, 2) },
    ],
    ["absurd-score", "99-0 has more goals", "FT", { goals: goals(99, 0), fulltime: goals(99, 0) }],
    ["absurd-score", "-1 in its goals", "FT", { goals: goals(-1, 0), fulltime: goals(0, 0) }],
    ["absurd-score", "0.5 in its fulltime", "FT", { fulltime: goals(0.5, 0) }],
  ] as const)("%s: %s", ([code, text, short, parts]) => {
    expect(resultOf(fixtureOf(short, parts), false)).toEqual({ code, text: expect.stringContaining(text) });
  });
});

test("a fixture whose score is in doubt waits in quarantine alone; a play-off's is in none for being unequal", () => {
  const { response } = envelope("api-football", "fixtures-78-2025") as { response: Record<string, object>[] };
  const [first, second] = response;
  const read = (raw: unknown) => readFixture(raw, bundesliga, "2025-26");
  const { told, refused } = readEach([{ ...first, goals: goals(7, 0) }, second], read);
  expect(told).toHaveLength(1);
  const text = expect.stringMatching(/fulltime 6-0 and goals 7-0; it waits until API-Football corrects it: tell them$/);
  expect(refused).toEqual([
    { ref: "1388300", code: "contradictory-score", match: expect.any(String), text, doubtful: true },
  ]);

  const leg = {
    ...first,
    fixture: { ...first?.fixture, status: { short: "PEN" } },
    league: { ...first?.league, round: "Relegation Round" },
    goals: goals(0, 3),
    score: { fulltime: goals(0, 3), extratime: none, penalty: goals(5, 6) },
  };
  expect(readEach([leg], read).told).toMatchObject([{ result: { score: { regular: goals(0, 3) } } }]);
});
