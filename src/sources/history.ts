import { readdir } from "node:fs/promises";
import { isTerminal } from "../match/status.ts";
import { firstYearOf, type League, leagueOf, leagues } from "./competitions.ts";
import type { Known } from "./known.ts";
import { seasonPage } from "./openfootball.ts";
import { directoryFiles } from "./season-files.ts";
import { SourceError, type SourcePage } from "./source.ts";

export interface HistoryOptions {
  /** Of openfootball's shape: `2021-22/en.1.json`. */
  data: string;
  /** Our id or openfootball's code; undefined: all we know. */
  competition: string | undefined;
  season: string | undefined;
  now: number;
  known: Known;
}

export interface FinishedSeason extends Pick<SourcePage, "observations" | "rejected" | "quarantined"> {
  league: League;
  season: string;
}

export interface History {
  seasons: FinishedSeason[];
  /** Files that are no seasons, and why. */
  unreadable: { file: string; text: string }[];
}

/** A season's last match this long ago is over and done with; a younger one is the live source's. */
const finishedForMs = 7 * 24 * 60 * 60 * 1000;

/**
 * The finished seasons of a directory, oldest first, each with the matches that ended. Throws a `permanent` SourceError where
 * there is none as asked.
 */
export async function readFinished({ data, competition, season, now, known }: HistoryOptions): Promise<History> {
  const asked = competition === undefined ? leagues : [leagueNamed(competition)];
  const names = await readdir(data).catch(() => {
    throw new SourceError("permanent", `${data} cannot be read: it must be a directory of seasons like 2021-22`);
  });
  const seasons = names
    .filter((name) => firstYearOf(name) !== null && (season === undefined || name === season))
    .sort();
  const files = directoryFiles(data);
  const signal = new AbortController().signal;
  const found: FinishedSeason[] = [];
  const unreadable: History["unreadable"] = [];
  for (const season of seasons) {
    for (const league of asked) {
      let page: SourcePage;
      try {
        const json = await files.read(league, season, now, signal);
        if (json === null) continue;
        page = seasonPage(league, season, json, now, known);
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        unreadable.push({ file: `${season}/${league.codes.openfootball}.json`, text: error.message });
        continue;
      }
      const kickoffs = page.observations.map(({ fixture }) => Date.parse(fixture.kickoff));
      if (Math.max(...kickoffs) > now - finishedForMs) continue;
      const observations = page.observations.filter(({ fixture }) => isTerminal(fixture.status));
      found.push({ league, season, observations, rejected: page.rejected, quarantined: page.quarantined });
    }
  }
  if (found.length > 0 || unreadable.length > 0) return { seasons: found, unreadable };
  const what = [competition, season].filter((it) => it !== undefined).join(" ");
  throw new SourceError("permanent", `${data} has no finished season${what === "" ? "" : ` of ${what}`}`);
}

function leagueNamed(competition: string): League {
  const league = leagueOf("openfootball", competition);
  if (league !== null) return league;
  const codes = leagues.map(({ codes }) => codes.openfootball).join(", ");
  throw new SourceError("permanent", `openfootball has no ${competition} here; it has ${codes}`);
}
