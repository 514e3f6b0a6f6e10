import { describe, expect, test } from "vitest";
import { archiveRows } from "../../src/sources/archive-file.ts";
import { clubOf, isListedClub } from "../../src/sources/club-names.ts";
import { clubs, sharedNames } from "../../src/sources/clubs.ts";
import { leagues } from "../../src/sources/competitions.ts";
import { teamId } from "../../src/sources/identity.ts";
import { isNear } from "../../src/sources/near.ts";

describe("the table of clubs", () => {
  test("means one club by each spelling in a country", () => {
    const seen = new Map<string, string>();
    for (const { id, country, name, aliases } of clubs) {
      for (const spelling of [id, name, ...aliases.map((alias) => alias.spelling)]) {
        const key = `${country} ${teamId(spelling)}`;
        expect(seen.get(key) ?? id, key).toBe(id);
        seen.set(key, id);
        expect(clubOf(country, spelling), spelling).toEqual({ id, name });
      }
      expect(isListedClub(country, id), id).toBe(true);
    }
  });

  test("has no alias that folds to the club by itself", () => {
    const needless = clubs.flatMap(({ id, aliases }) => aliases.filter(({ spelling }) => teamId(spelling) === id));
    expect(needless).toEqual([]);
  });

  test("keeps every id that the archive has", () => {
    for (const { competition, teams } of archiveRows().matches) {
      const country = leagues.find(({ id }) => id === competition)?.country ?? "";
      for (const { id, name } of [teams.home, teams.away]) expect(clubOf(country, name)?.id, name).toBe(id);
    }
  });

  test("has every club that the archive has of its leagues but Austria's", () => {
    for (const { competition, teams } of archiveRows().matches) {
      const league = leagues.find(({ id }) => id === competition);
      if (league?.id === "abl" || league === undefined) continue;
      for (const { id } of [teams.home, teams.away]) expect(isListedClub(league.country, id), id).toBe(true);
    }
  });
});

/** The spellings that change within a season's snapshots, and the two other providers'. */
test.each([
  ["Bayer Leverkusen", "Bayer 04 Leverkusen"],
  ["Bor. Mönchengladbach", "Borussia Mönchengladbach"],
  ["1899 Hoffenheim", "TSG 1899 Hoffenheim"],
  ["FC St. Pauli", "FC St. Pauli 1910"],
  ["Werder Bremen", "SV Werder Bremen"],
  ["Bayern München", "FC Bayern München"],
  ["1. FC Köln", "1.FC Koeln".replace("oe", "ö")],
  ["FSV Mainz 05", "1. FSV Mainz 05"],
])("%s and %s are one club", (a, b) => expect(clubOf("Germany", a)).toEqual(clubOf("Germany", b)));

describe("what papers, fans and providers call for short", () => {
  const short: Record<string, Record<string, string>> = {
    Austria: {
      "FC BW Linz": "blau-weiss-linz",
      "BW Linz": "blau-weiss-linz",
      GAK: "grazer-ak",
      Rapid: "sk-rapid-wien",
      Salzburg: "rb-salzburg",
      Sturm: "sk-sturm-graz",
      WAC: "wolfsberger-ac",
    },
    England: {
      Boro: "middlesbrough",
      "Man City": "manchester-city",
      "Man United": "manchester-united",
      "Man Utd": "manchester-united",
      "Nott'm Forest": "nottingham-forest",
      QPR: "queens-park-rangers",
      "Sheff Wed": "sheffield-wednesday",
      "Sheffield Utd": "sheffield-united",
      Spurs: "tottenham-hotspur",
      "West Brom": "west-bromwich-albion",
      Wolverhampton: "wolverhampton-wanderers",
      Wolves: "wolverhampton-wanderers",
    },
    France: {
      ASSE: "saint-etienne",
      LOSC: "lille",
      OL: "lyon",
      OM: "marseille",
      PSG: "paris-saint-germain",
      "Paris SG": "paris-saint-germain",
      "Paris FC": "paris-fc",
    },
    Germany: {
      BVB: "borussia-dortmund",
      Bayern: "bayern-munchen",
      Bremen: "werder-bremen",
      Frankfurt: "eintracht-frankfurt",
      Gladbach: "borussia-monchengladbach",
      HSV: "hamburger-sv",
      Hertha: "hertha-bsc",
      Leverkusen: "bayer-04-leverkusen",
      "M'gladbach": "borussia-monchengladbach",
      Mainz: "mainz-05",
      Schalke: "schalke-04",
    },
    Italy: { Hellas: "verona", Inter: "inter", Internazionale: "inter", Juve: "juventus", Milan: "milan" },
    Spain: {
      "Athletic Club Bilbao": "athletic",
      Atleti: "atletico",
      "Atlético de Madrid": "atletico",
      Barca: "barcelona",
      Barça: "barcelona",
      Depor: "deportivo",
      "RC Celta Vigo": "celta",
    },
  };
  test.each(
    Object.entries(short).flatMap(([country, names]) => Object.entries(names).map((it) => [country, ...it] as const)),
  )("in %s: %s is %s", (country, name, id) => expect(clubOf(country, name)?.id).toBe(id));
});

describe("a word that several clubs are called by", () => {
  test.each(
    Object.entries(sharedNames).flatMap(([country, list]) =>
      list.map(([name, ...ids]) => [country, name, ids] as const),
    ),
  )("in %s: %s means none of them by itself", (country, name, ids) => {
    const found = clubOf(country, name);
    expect(ids).not.toContain(found?.id);
    expect(found?.mayBe).toEqual(ids.map((id) => clubs.find((it) => it.country === country && it.id === id)?.name));
  });

  test("is no such word elsewhere", () => expect(clubOf("Germany", "Paris")).toEqual({ id: "paris", name: null }));
});

test("an Arsenal elsewhere is no English club", () =>
  expect(clubOf("Argentina", "Arsenal FC")).toEqual({ id: "arsenal", name: null }));

test.each([
  ["tsg-1899-hoffenheim", "1899-hoffenheim", true],
  ["bor-monchengladbach", "borussia-monchengladbach", true],
  ["sheffield-utd", "sheffield-united", true],
  ["hertha-bsc", "hertha-berlin", true],
  ["monchengladbach", "borussia-monchengladbach", true],
  ["werder-bremmen", "werder-bremen", true],
  ["borussia-dortmund", "borussia-monchengladbach", false],
  ["sheffield-united", "sheffield-wednesday", false],
  ["sv-werder-bremen", "sc-freiburg", false],
  ["1899", "1900", false],
])("%s and %s near: %s", (a, b, near) => expect([isNear(a, b), isNear(b, a)]).toEqual([near, near]));
