import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import type { PlayedMatch } from "../../src/forecast/member.ts";

interface Row {
  date: string;
  division: string;
  home_team: string;
  away_team: string;
  home_score: number | null;
  away_score: number | null;
}

const rows: Row[] = JSON.parse(
  // The package exports no path to its data; the entry it does export lies beside them.
  readFileSync(
    new URL("../data/football.json", pathToFileURL(createRequire(import.meta.url).resolve("vega-datasets"))),
    "utf8",
  ),
);

const slug = (name: string) =>
  name
    .toLowerCase()
    .normalize("NFD")
    .replace(/[^a-z0-9]+/g, "-");

/** The rows without a score are a match entered twice. */
function isPlayed(row: Row): row is Row & { home_score: number; away_score: number } {
  return row.home_score !== null && row.away_score !== null;
}

/** A division of the vega-datasets football data, ascending; every kick-off at 15:00 UTC, a season from July to June. */
export function division(name: string): PlayedMatch[] {
  const matches = rows
    .filter((row) => row.division === name)
    .filter(isPlayed)
    .map((row) => {
      const year = Number(row.date.slice(0, 4)) - (row.date.slice(5, 7) < "07" ? 1 : 0);
      const season = `${year}-${(year + 1) % 100}`;
      const home = slug(row.home_team);
      const away = slug(row.away_team);
      return {
        matchId: `${slug(name)}-${season}-${home}-${away}`,
        competition: slug(name),
        season,
        kickoff: Date.parse(`${row.date}T15:00:00Z`),
        home,
        away,
        score: { home: row.home_score, away: row.away_score },
      };
    })
    .sort((a, b) => a.kickoff - b.kickoff || (a.matchId < b.matchId ? -1 : 1));
  if (matches.length === 0) throw new Error(`the data have no division "${name}"`);
  return matches;
}

/** A store over a list, as the read model would answer: a fresh array of fresh objects at every call. */
export function storeOf(matches: readonly PlayedMatch[]) {
  return {
    results: (competition: string, until: number): PlayedMatch[] =>
      matches
        .filter((match) => match.competition === competition && match.kickoff <= until)
        .map((match) => ({ ...match, score: { ...match.score } })),
  };
}
