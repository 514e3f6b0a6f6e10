import type { Probabilities, Score } from "../../src/match/event.ts";

/** A finished match as a file tells it. */
export interface Row {
  /** Our competition id. */
  competition: string;
  /** As `2016-17` or `2016`; null where the file does not say, then the dates do (seasons.ts). */
  season: string | null;
  /** Number of the round, where the file tells one. */
  round: number | null;
  /** As `2016-08-13`. */
  date: string;
  /** As `15:00`; taken for UTC: only the order of days matters. */
  time: string | null;
  home: string;
  away: string;
  score: Score;
  odds: Probabilities | null;
}

/** No league has seen more: a slip of the pen that made 22 of 2 would bend the ratings of a season. */
const goalsMax = 20;

/** What is wrong with a score; null when nothing is. */
export function scoreMistake({ home, away }: Score): string | null {
  return Math.max(home, away) > goalsMax
    ? `${home}-${away} is no score of a league match: over ${goalsMax} goals of one team`
    : null;
}

/** One file's matches. `label` names it in remarks. */
export interface RowFile {
  label: string;
  rows: Row[];
}

/** A match that cannot be taken as it stands; for people, on stderr. */
export type Remark = (text: string) => void;

/** Codes of openfootball and football-data.co.uk for the leagues that we have a short name for. */
const ids: Readonly<Record<string, string>> = {
  "en.1": "pl",
  "de.1": "bl1",
  "es.1": "pd",
  "it.1": "sa",
  "fr.1": "fl1",
  "at.1": "abl",
  e0: "pl",
  d1: "bl1",
  sp1: "pd",
  i1: "sa",
  f1: "fl1",
};

/** Our competition id for a file's code; a code we have no name for is its own. */
export function competitionOf(code: string): string {
  const lower = code.toLowerCase();
  return ids[lower] ?? lower;
}

/** `2019/20`, `2019-20`, `2019-2020` -> `2019-20`; `2020` stays; null for anything else. */
export function seasonIn(text: string): string | null {
  const found = /(?<!\d)((?:19|20)\d\d)(?:[/-](\d\d)(\d\d)?)?(?!\d|-\d)/.exec(text);
  if (!found) return null;
  const [, year = "", short, long] = found;
  const last = long ?? short;
  return last === undefined ? year : `${year}-${last}`;
}
