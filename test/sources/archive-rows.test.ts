import { describe, expect, test } from "vitest";
import { archiveRows } from "../../src/sources/archive-file.ts";
import { archiveCompetitions, duplicateRows, readRows } from "../../src/sources/archive-rows.ts";
import { SourceError } from "../../src/sources/source.ts";

const { matches, rejected } = archiveRows();

describe("the installed archive", () => {
  test("has these matches in each competition and season", () => {
    const seasons = ["2013-14", "2014-15", "2015-16", "2016-17"];
    const counts = Object.fromEntries(
      archiveCompetitions.map(({ id }) => [
        id,
        seasons.map((season) => matches.filter((m) => m.competition === id && m.season === season).length),
      ]),
    );
    expect(counts).toEqual({
      pl: [380, 380, 380, 380],
      bl1: [306, 306, 306, 306],
      sa: [380, 380, 380, 380],
      pd: [380, 380, 380, 380],
      abl: [180, 180, 180, 180],
    });
    expect(matches).toHaveLength(6504);
  });

  test("has four rows without a score, each named, each a second row of a match that has one", () => {
    expect(rejected.map(({ remark }) => remark.match)).toEqual(duplicateRows);
    expect(new Set(rejected.map(({ remark }) => remark.code))).toEqual(new Set(["duplicate"]));
    for (const { competition, season, remark } of rejected) {
      const pairing = remark.match.slice("2016-04-30 ".length);
      const twins = matches.filter(
        (m) => m.competition === competition && m.season === season && m.ref.endsWith(` ${pairing}`),
      );
      expect(twins).toHaveLength(1);
    }
  });

  test("gives every match an id of its own, in a form subjects can carry", () => {
    expect(new Set(matches.map(({ id }) => id)).size).toBe(matches.length);
    for (const { id } of matches) expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
  });

  test("gives every club of a competition an id of its own", () => {
    const clubs = archiveCompetitions.map(({ id: competition }) => {
      const teams = matches
        .filter((m) => m.competition === competition)
        .flatMap(({ teams: { home, away } }) => [home, away]);
      const names = new Set(teams.map(({ name }) => name));
      expect(new Set(teams.map(({ id }) => id)).size, competition).toBe(names.size);
      return [competition, names.size];
    });
    expect(Object.fromEntries(clubs)).toEqual({ pl: 26, bl1: 23, sa: 27, pd: 27, abl: 13 });
  });

  test("is a complete round robin in every season, so no club goes by two names", () => {
    for (const { id: competition, legs } of archiveCompetitions) {
      for (const season of new Set(matches.map((m) => m.season))) {
        const played = matches.filter((m) => m.competition === competition && m.season === season);
        const teams = new Set(played.map((m) => m.teams.home.id));
        const pairings = new Set(played.map((m) => `${m.teams.home.id} ${m.teams.away.id}`));
        expect(pairings.size, `${competition} ${season}`).toBe(teams.size * (teams.size - 1));
        expect(played.length, `${competition} ${season}`).toBe(pairings.size * legs);
      }
    }
  });

  test("numbers the second meeting at a ground, which Austria alone has, by date", () => {
    const second = matches.filter(({ id }) => id.endsWith("-2"));
    expect(second).toHaveLength(4 * 90);
    for (const leg of second) {
      const first = matches.find(({ id }) => id === leg.id.slice(0, -2));
      expect(leg.competition).toBe("abl");
      expect(first?.kickoff).toBeLessThan(leg.kickoff);
    }
  });

  test("has every season within July to May, in order of kick-off", () => {
    for (const { season, kickoff } of matches) {
      expect(kickoff).toBeGreaterThan(Date.parse(`${season.slice(0, 4)}-07-01`));
      expect(kickoff).toBeLessThan(Date.parse(`20${season.slice(5)}-06-01`));
    }
    for (const [index, match] of matches.entries()) {
      expect(match.kickoff).toBeGreaterThanOrEqual(matches[index - 1]?.kickoff ?? 0);
    }
  });

  test("has no club playing twice on one day", () => {
    const days = matches.flatMap(({ competition, teams, kickoff }) =>
      [teams.home.id, teams.away.id].map((team) => `${competition} ${team} ${kickoff}`),
    );
    expect(new Set(days).size).toBe(2 * matches.length);
  });

  test("spells out what the data abbreviates", () => {
    const ids = new Set(matches.flatMap(({ teams }) => [teams.home.id, teams.away.id]));
    for (const id of ["real-madrid", "borussia-monchengladbach", "eintracht-braunschweig", "leganes"]) {
      expect(ids).toContain(id);
    }
  });

  test("ends with the tables the leagues ended with", () => {
    const points = (team: string, competition: string, season: string) =>
      matches
        .filter((m) => m.competition === competition && m.season === season)
        .map(({ teams, score }) => {
          const lead = score.home - score.away;
          if (teams.home.id === team) return lead > 0 ? 3 : lead === 0 ? 1 : 0;
          if (teams.away.id === team) return lead < 0 ? 3 : lead === 0 ? 1 : 0;
          return 0;
        })
        .reduce<number>((sum, won) => sum + won, 0);
    expect(points("chelsea", "pl", "2016-17")).toBe(93);
    expect(points("leicester-city", "pl", "2015-16")).toBe(81);
    expect(points("bayern-munchen", "bl1", "2013-14")).toBe(90);
    expect(points("juventus", "sa", "2013-14")).toBe(102);
    expect(points("atletico", "pd", "2013-14")).toBe(90);
    expect(points("rb-salzburg", "abl", "2016-17")).toBe(81);
  });
});

describe("rows that cannot be a match", () => {
  const row = {
    date: "2016-08-27",
    division: "English Premier League",
    home_team: "Arsenal",
    away_team: "Chelsea",
    home_score: 3 as number | null,
    away_score: 0 as number | null,
  };
  const codes = (rows: unknown[]) => readRows(rows).rejected.map(({ remark }) => remark.code);

  test("a row without a score that is not one of the known four is reported as such", () => {
    expect(codes([{ ...row, away_score: null }])).toEqual(["no-score"]);
  });

  test("one of the known four is a match again once it has a score", () => {
    const found = { ...row, date: "2016-04-30", home_team: "Aston Villa", away_team: "Newcastle United" };
    expect(codes([{ ...found, home_score: null, away_score: null }])).toEqual(["duplicate"]);
    expect(readRows([found]).matches.map(({ id }) => id)).toEqual(["pl-2015-16-aston-villa-newcastle-united"]);
  });

  test("a second meeting at one ground is rejected where pairings meet there once", () => {
    const { matches, rejected } = readRows([{ ...row, date: "2017-01-01" }, row]);
    expect(matches.map(({ ref }) => ref)).toEqual(["2016-08-27 Arsenal v Chelsea"]);
    expect(rejected.map(({ remark }) => remark)).toEqual([
      {
        code: "extra-meeting",
        match: "2017-01-01 Arsenal v Chelsea",
        text: "Premier League has 1 a season at this ground, this is one more",
      },
    ]);
  });

  test("a club does not play itself under two spellings", () => {
    expect(codes([{ ...row, away_team: "Arsenal FC" }])).toEqual(["same-team"]);
  });

  test.each([
    ["an unknown division", [{ ...row, division: "Ligue 1" }], 'unknown division "Ligue 1"'],
    ["a day that is none", [{ ...row, date: "2016-02-30" }], "date"],
    ["a negative score", [{ ...row, home_score: -1 }], "home_score"],
    ["a club without Latin letters", [{ ...row, home_team: "Спартак" }], "Спартак"],
    ["another shape", { rows: [] }, "array"],
  ])("%s makes the file unreadable", (_, json, named) => {
    expect(() => readRows(json)).toThrow(SourceError);
    expect(() => readRows(json)).toThrow(named);
  });
});
