import { expect, test } from "vitest";
import { dateOf, readFootballDataCsv } from "../../scripts/evaluate/football-data-csv.ts";

function read(lines: string[], encoding: BufferEncoding = "utf8", path = "E0.csv") {
  const remarks: string[] = [];
  const file = readFootballDataCsv(path, path, Buffer.from(lines.join("\r\n"), encoding), (text) => remarks.push(text));
  return { rows: file?.rows ?? [], remarks };
}

test.each([
  ["13/08/16", "2016-08-13"],
  ["13/08/2016", "2016-08-13"],
  ["3.8.1998", "1998-08-03"],
  ["03/08/98", "1998-08-03"],
  ["2016-08-13", "2016-08-13"],
  ["2016-08-13T15:00:00Z", "2016-08-13"],
  ["13 Aug 2016", "2016-08-13"],
  ["13-August-16", "2016-08-13"],
  ["08/13/2016", null],
  ["30/02/2016", null],
  ["13 Foo 2016", null],
  ["", null],
])("the date %s is %s", (given, date) => {
  expect(dateOf(given)).toBe(date);
});

test("reads matches, with a byte order mark, quotes, empty lines and columns that are not ours", () => {
  const { rows, remarks } = read([
    "\uFEFFDiv,Date,Time,HomeTeam,AwayTeam,FTHG,FTAG,FTR,Referee",
    'E0,13/08/2016,12:30,"Hull","Leicester, City",2,1,H,"A, B"',
    ",,,,,,,,",
    "E0,14/08/2016,,Arsenal,Liverpool,3,4,A",
    "E0,21/05/2017,,Arsenal,Everton,,,",
    "",
  ]);
  expect(remarks).toEqual([]);
  expect(rows).toEqual([
    expect.objectContaining({
      competition: "pl",
      date: "2016-08-13",
      time: "12:30",
      home: "Hull",
      away: "Leicester, City",
      score: { home: 2, away: 1 },
      odds: null,
    }),
    expect.objectContaining({ date: "2016-08-14", time: null, score: { home: 3, away: 4 } }),
  ]);
});

test("takes closing odds before earlier ones, and the overround off", () => {
  const { rows } = read([
    "Date,HomeTeam,AwayTeam,FTHG,FTAG,B365H,B365D,B365A,PSCH,PSCD,PSCA",
    "13/08/2016,A,B,2,1,2,4,4,1.9,3.8,3.8",
    "13/08/2016,C,D,2,1,2,4,4,,,",
    "13/08/2016,E,F,2,1,2,4,0,,,",
  ]);
  for (const row of rows.slice(0, 2)) {
    expect(row.odds?.home).toBeCloseTo(0.5, 12);
    expect(row.odds?.draw).toBeCloseTo(0.25, 12);
  }
  expect(rows[2]?.odds).toBeNull();
});

test("rejects a row or a file, saying which and why", () => {
  const { rows, remarks } = read([
    "Date,HomeTeam,AwayTeam,FTHG,FTAG",
    "08/13/2016,A,B,1,1",
    "13/08/2016,A,,1,1",
    "13/08/2016,A,B,1,x",
  ]);
  expect(rows).toEqual([]);
  expect(remarks).toEqual([
    'E0.csv: rejected 08/13/2016 A v B: "08/13/2016" is no date with the day first, such as 13/08/2016',
    "E0.csv: rejected 13/08/2016 A v : a team is missing",
    'E0.csv: rejected 13/08/2016 A v B: "1-x" is no score',
  ]);
  expect(read(["Date,Home,Away", "13/08/2016,A,B"]).remarks).toEqual([
    "E0.csv: rejected, it has no column HomeTeam, AwayTeam, FTHG, FTAG",
  ]);
});

test("reads older files in Latin-1, and takes the competition from the file's name where no column tells it", () => {
  const { rows } = read(["Date,HomeTeam,AwayTeam,FTHG,FTAG", "13/08/2016,Köln,B,1,1"], "latin1", "data/D1.csv");
  expect(rows[0]).toMatchObject({ competition: "bl1", home: "Köln" });
});

test("rejects a score that no league has seen, by name", () => {
  const { rows, remarks } = read([
    "Div,Date,HomeTeam,AwayTeam,FTHG,FTAG",
    "E0,13/08/2016,Hull,Leicester,0,99",
    "E0,14/08/2016,Arsenal,Liverpool,9,0",
  ]);
  expect(rows).toHaveLength(1);
  expect(remarks).toEqual([
    "E0.csv: rejected 13/08/2016 Hull v Leicester: 0-99 is no score of a league match: over 20 goals of one team",
  ]);
});
