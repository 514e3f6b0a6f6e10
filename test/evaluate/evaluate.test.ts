import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { tempDir } from "../support/temp.ts";

const root = resolve(import.meta.dirname, "../..");

async function run(...args: string[]) {
  const child = spawn(process.execPath, ["--import", "tsx", join(root, "scripts/evaluate.ts"), ...args], { cwd: root });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { code: child.exitCode, stdout, stderr };
}

const teams = ["Arsenal FC", "Chelsea FC", "Everton FC", "Fulham FC"];

/** A tiny league by openfootball, one match a week. */
function season(year: number) {
  const pairs = teams.flatMap((home) => teams.filter((away) => away !== home).map((away) => [home, away] as const));
  const matches = pairs.map(([team1, team2], week) => ({
    round: `Matchday ${week + 1}`,
    date: new Date(Date.UTC(year, 8, 1 + 7 * week)).toISOString().slice(0, 10),
    team1,
    team2,
    score: { ft: [(week + year) % 4, week % 3] },
  }));
  return { name: `English Premier League ${year}/${(year + 1) % 100}`, matches };
}

function openfootballDirectory(): string {
  const directory = tempDir();
  for (const year of [2017, 2018, 2019, 2020]) {
    mkdirSync(join(directory, `${year}-${(year + 1) % 100}`));
    writeFileSync(join(directory, `${year}-${(year + 1) % 100}`, "en.1.json"), JSON.stringify(season(year)));
  }
  writeFileSync(join(directory, "en.2.json"), "{ no JSON");
  return directory;
}

test("prints one document for programs, and what it rejected beside it", { timeout: 60_000 }, async () => {
  const { code, stdout, stderr } = await run("--data", openfootballDirectory(), "--json");
  expect(stderr).toMatch(/^en\.2\.json: rejected, it is not valid JSON/);
  expect(code).toBe(0);
  const { members, panel, odds, diversity, competitions } = JSON.parse(stdout);
  expect(members).toHaveLength(42);
  for (const it of [...members, panel]) {
    expect(it.n).toBe(24);
    for (const figure of ["rps", "logLoss", "brier", "exactLogLoss", "points"])
      expect(it[figure]).toEqual(expect.any(Number));
  }
  expect(odds).toBeNull();
  expect(diversity.seasons).toMatchObject([
    { competition: "pl", season: "2019-20", n: 12, value: expect.any(Number) },
    { competition: "pl", season: "2020-21", n: 12 },
  ]);
  expect(competitions).toMatchObject([{ competition: "pl", seasons: ["2019-20", "2020-21"], panel }]);
});

test("prints tables for people, and the bookmakers' row where there are odds", { timeout: 60_000 }, async () => {
  const directory = tempDir();
  const rows = [2019, 2020, 2021].flatMap((year) =>
    season(year).matches.map(
      ({ date, team1, team2, score }, week) =>
        `E0,${date.split("-").toReversed().join("/")},${team1},${team2},${score.ft.join(",")},${week === 0 ? ",," : "2.5,3.4,2.9"}`,
    ),
  );
  writeFileSync(
    join(directory, "E0.csv"),
    ["Div,Date,HomeTeam,AwayTeam,FTHG,FTAG,B365H,B365D,B365A", ...rows].join("\n"),
  );
  const { code, stdout, stderr } = await run(
    "--data",
    join(directory, "E0.csv"),
    "--from",
    "2020/21",
    "--to",
    "2020-21",
  );
  expect(stderr).toBe("");
  expect(code).toBe(0);
  expect(stdout).toMatch(/^pl, 2020-21: 12 matches\n/);
  expect(stdout).toMatch(/^odds +11 +0\.\d{4} +\d\.\d{4} +\d\.\d{4} +- +- /m);
  expect(stdout).toMatch(/^panel, on these +11 +0\.\d{4} /m);
  expect(stdout).toMatch(/On the 11 matches with odds, of 12, the panel's RPS is/);
  expect(stdout).toMatch(/^Most alike in 2020-21 \(12 matches\): \S+ and \S+, same tips in \d+\.\d %\.$/m);
  expect(stdout).toMatch(/Correlation of errors: median/);
});

test.each([
  [["--data", "/no/such/directory"], /--data \/no\/such\/directory: there is no such file or directory/],
  [[], /give either --data DIR or --archive/],
  [["--archive", "--from", "soon"], /--from is "soon": it takes a season, as in --from 2019-20/],
  [["--archive", "--seasons"], /Unknown option '--seasons'.*--help/],
  [["--archive", "--from", "2019-20", "--competition", "pl"], /no match from 2019-20 to the end: there is pl 2013-14 /],
])("refuses %j with exit 2", { timeout: 60_000 }, async (args, why) => {
  const { code, stdout, stderr } = await run(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(why);
});
