import { expect, test } from "vitest";
import { assemble } from "../../scripts/evaluate/assemble.ts";
import type { Row } from "../../scripts/evaluate/rows.ts";

const row = (date: string, home: string, away: string, more: Partial<Row> = {}): Row => ({
  competition: "pl",
  season: "2019-20",
  round: null,
  date,
  time: null,
  home,
  away,
  score: { home: 1, away: 0 },
  odds: null,
  ...more,
});

function assembled(...files: Row[][]) {
  const remarks: string[] = [];
  const datasets = assemble(
    files.map((rows, index) => ({ label: `file-${index}`, rows })),
    (text) => remarks.push(text),
  );
  return { datasets, matches: datasets.flatMap(({ matches }) => matches), remarks };
}

const days = (matches: readonly { kickoff: number }[]) =>
  matches.map((it) => new Date(it.kickoff).toISOString().slice(0, 10));

test("puts a month that is dated in the wrong year into its season", () => {
  const { matches, remarks } = assembled([
    row("2019-08-09", "A", "B", { round: 1 }),
    row("2020-06-20", "B", "A", { round: 30 }),
    row("2019-07-11", "A", "C", { round: 35 }),
    row("2019-07-12", "C", "A", { round: 35 }),
    row("2019-08-07", "B", "C", { round: 2 }),
  ]);
  expect(days(matches)).toEqual(["2019-08-07", "2019-08-09", "2020-06-20", "2020-07-11", "2020-07-12"]);
  expect(remarks).toEqual(["pl 2019-20: 2 matches moved from 2019-07 to 2020-07: they were dated outside the season"]);
});

test("rejects a date that no year makes right, a team against itself and a second meeting", () => {
  const { matches, remarks } = assembled([
    row("2019-08-09", "A", "B"),
    row("2023-01-01", "A", "C"),
    row("2019-08-10", "A FC", "A"),
    row("2019-12-01", "A", "B"),
    row("2019-12-02", "京都", "B"),
  ]);
  expect(days(matches)).toEqual(["2019-08-09"]);
  expect(remarks.map((text) => text.replace("pl 2019-20: rejected ", ""))).toEqual([
    "2023-01-01 A v C: not a date of this season",
    "2019-08-10 A FC v A: a team cannot play itself",
    "2019-12-01 A v B: the two have met there before this season",
    "2019-12-02 京都 v B: a team's name has no Latin letters",
  ]);
});

test("knows a club again whose spelling has changed, and says so", () => {
  const season = (label: string, year: number, names: string[]) =>
    names.map((name, index) =>
      row(`${year}-09-0${index + 1}`, name, "FC Augsburg", { season: label, competition: "bl1" }),
    );
  const { matches, remarks } = assembled(
    season("2019-20", 2019, [
      "Bor. Mönchengladbach",
      "Bayern München",
      "Werder Bremen",
      "1899 Hoffenheim",
      "Union Berlin",
    ]),
    season("2020-21", 2020, [
      "Borussia Mönchengladbach",
      "FC Bayern München",
      "SV Werder Bremen",
      "TSG 1899 Hoffenheim",
      "Hertha BSC",
    ]),
    season("2021-22", 2021, ["Borussia Dortmund", "1. FC Union Berlin", "Bayern Munich"]),
  );
  expect(new Set(matches.map(({ home }) => home)).size).toBe(7);
  expect(remarks).toEqual([
    "bl1: bor-monchengladbach and borussia-monchengladbach are taken for one club",
    "bl1: werder-bremen and sv-werder-bremen are taken for one club",
    "bl1: 1899-hoffenheim and tsg-1899-hoffenheim are taken for one club",
    "bl1: bayern-munchen and bayern-munich are taken for one club",
  ]);
});

test("keeps clubs apart that play in one season, whatever they are called", () => {
  const { matches, remarks } = assembled([
    row("2019-08-09", "Espanyol Barcelona", "Barcelona"),
    row("2019-08-10", "Manchester United", "Manchester City"),
  ]);
  expect(new Set(matches.flatMap(({ home, away }) => [home, away])).size).toBe(4);
  expect(remarks).toEqual([]);
});

test("takes of several versions of a season the one with the most results", () => {
  const { matches, remarks } = assembled(
    [row("2019-08-09", "A", "B")],
    [row("2019-08-09", "A", "B"), row("2019-08-10", "C", "D")],
    [],
  );
  expect(matches).toHaveLength(2);
  expect(remarks).toEqual([
    "file-0: left out, file-1 is of the same season and has as many results or more",
    "file-2: no results",
  ]);
});

test("finds the seasons of files that tell none, also when one ends in July", () => {
  const untold = (date: string, home: string, away: string) => row(date, home, away, { season: null });
  const { matches } = assembled(
    [
      untold("2019-08-09", "A", "B"),
      untold("2020-03-08", "B", "A"),
      untold("2020-06-17", "A", "C"),
      untold("2020-07-08", "B", "C"),
      untold("2020-07-26", "C", "A"),
    ],
    [untold("2020-09-12", "A", "B"), untold("2021-05-23", "B", "A"), untold("2021-08-13", "A", "B")],
  );
  expect(matches.map(({ season }) => season)).toEqual([
    "2019-20",
    "2019-20",
    "2019-20",
    "2019-20",
    "2019-20",
    "2020-21",
    "2020-21",
    "2021-22",
  ]);
});

test("counts two legs where most pairings have two", () => {
  const pairs = [
    ["A", "B"],
    ["B", "A"],
    ["A", "C"],
  ] as const;
  const { matches } = assembled(
    pairs.flatMap(([home, away], index) => [
      row(`2019-08-1${index}`, home, away),
      row(`2020-03-1${index}`, home, away),
    ]),
  );
  expect(matches).toHaveLength(6);
  expect(matches.at(-1)?.matchId).toBe("pl-2019-20-a-c-2");
});

test("answers in order, each match with its odds", () => {
  const odds = { home: 0.5, draw: 0.3, away: 0.2 };
  const { datasets } = assembled([
    row("2019-08-10", "C", "D", { time: "12:30" }),
    row("2019-08-10", "A", "B", { time: "15:00", odds }),
    row("2019-08-09", "E", "F", { competition: "bl1" }),
  ]);
  expect(datasets.map(({ competition, matches }) => [competition, matches.map(({ home }) => home)])).toEqual([
    ["bl1", ["e"]],
    ["pl", ["c", "a"]],
  ]);
  expect([...(datasets[1]?.odds ?? [])]).toEqual([["pl-2019-20-a-b", odds]]);
});
