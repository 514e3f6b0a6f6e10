import { expect, test } from "vitest";
import { readOpenfootball } from "../../scripts/evaluate/openfootball.ts";

const match = (more: object) => ({ round: "Matchday 3", date: "2019-08-24", team1: "A", team2: "B", ...more });

function read(matches: unknown[], path = "2019-20/en.1.json", name = "English Premier League 2019/20") {
  const remarks: string[] = [];
  const file = readOpenfootball(path, path, JSON.stringify({ name, matches }), (text) => remarks.push(text));
  return { rows: file?.rows ?? [], remarks };
}

test("takes the result at full time, with or without one at half time", () => {
  const { rows, remarks } = read([
    match({ time: "9:30", score: { ht: [1, 0], ft: [2, 1] } }),
    match({ score: { ft: [0, 0] } }),
    match({ score: {} }),
    match({}),
  ]);
  expect(remarks).toEqual([]);
  expect(rows.map(({ score, time }) => [score.home, score.away, time])).toEqual([
    [2, 1, "09:30"],
    [0, 0, null],
  ]);
  expect(rows[0]).toMatchObject({ competition: "pl", season: "2019-20", round: 3, home: "A", away: "B" });
});

test("rejects what cannot be a match, saying which and why, and keeps the rest", () => {
  const { rows, remarks } = read([
    match({ score: { ft: [3, 0] }, status: "awarded" }),
    match({ date: "2019-02-30", score: { ft: [1, 0] } }),
    match({ score: { ft: [1, -1] } }),
    match({ score: { ft: [1, 1] } }),
    match({ score: { ft: [99, 0] } }),
  ]);
  expect(rows).toHaveLength(1);
  expect(remarks).toHaveLength(4);
  expect(remarks[3]).toBe(
    "2019-20/en.1.json: rejected 2019-08-24 A v B: 99-0 is no score of a league match: over 20 goals of one team",
  );
  expect(remarks[0]).toBe("2019-20/en.1.json: rejected 2019-08-24 A v B: awarded");
});

test("rejects a file that is no JSON, or another's", () => {
  const remarks: string[] = [];
  const remark = (text: string) => remarks.push(text);
  expect(readOpenfootball("en.1.json", "en.1.json", '{"name": "x", "matches": [', remark)).toBeNull();
  expect(readOpenfootball("package.json", "package.json", '{"name": "x"}', remark)).toBeNull();
  expect(remarks).toEqual([
    expect.stringMatching(/^en\.1\.json: rejected, it is not valid JSON: /),
    'package.json: rejected, it has no "name" and "matches" as openfootball\'s files have',
  ]);
});

test.each([
  ["2020-21/de.1.json", "Deutsche Bundesliga 2020/21", "bl1", "2020-21"],
  ["2020-21.de.1.json", "Deutsche Bundesliga", "bl1", "2020-21"],
  ["snapshots/de.1_2025-11-12T0520_268e823.json", "Deutsche Bundesliga 2025/26", "bl1", "2025-26"],
  ["br.1.json", "Brasileirão 2024", "br.1", "2024"],
  ["spain.json", "Primera División 2015/16", "primera división", "2015-16"],
  ["en.1.json", "English Premier League", "pl", null],
])("%s is of its competition and season", (path, name, competition, season) => {
  expect(read([match({ score: { ft: [1, 1] } })], path, name).rows[0]).toMatchObject({ competition, season });
});
