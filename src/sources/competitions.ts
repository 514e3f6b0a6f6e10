import type { Competition } from "./source.ts";

/** The sources whose codes a competition has. */
export const liveSources = ["openfootball", "football-data", "api-football"] as const;
export type LiveSource = (typeof liveSources)[number];

/** A competition as all live sources need it. */
export interface League {
  /** Ours: the first token of match ids. Five of them are the archive's. */
  id: string;
  name: string;
  country: string;
  /** How each source calls it, as FULLTIME_COMPETITIONS takes it. */
  codes: Readonly<Record<LiveSource, string>>;
  /** IANA name: what a kick-off without a zone is told in. */
  zone: string;
  /**
   * `HH:MM` there: what a match without a time of day gets. It is the earliest kick-off of the seasons named beside it,
   * of any weekday, and not the usual one: work that is due before an assumed kick-off is then early, where a later one would
   * let it see a match that has begun. One for all days: a match whose time is open may be moved to another.
   */
  kickoff: string;
  season: SeasonStyle;
  /** `MM-DD` between which every match of a season lies, the second one in its last year. Not before: July is the wrong year. */
  span: readonly [first: string, last: string];
  /** Its regular season, by the year a season begins in; newest first. */
  formats: readonly Format[];
}

export interface Format {
  since: number;
  clubs: number;
  /** Numbered rounds, those of a league that is split after the first ones included. */
  rounds: number;
}

/** `autumn-spring` seasons are named like `2025-26`, the others like `2025`. */
export type SeasonStyle = "autumn-spring" | "calendar-year";

const style = "autumn-spring";
/** The pandemic's season ended on 4 August 2020, the latest there was. */
const last = "08-10";

export const leagues: readonly League[] = [
  {
    id: "pl",
    name: "Premier League",
    country: "England",
    codes: { openfootball: "en.1", "football-data": "PL", "api-football": "39" },
    zone: "Europe/London",
    // openfootball, 2013-14 to 2021-22: 63 of 3,420 matches, most on Sundays; Saturday begins at 12:30.
    kickoff: "12:00",
    season: style,
    span: ["08-01", last],
    formats: [{ since: 1995, clubs: 20, rounds: 38 }],
  },
  {
    id: "elc",
    name: "Championship",
    country: "England",
    codes: { openfootball: "en.2", "football-data": "ELC", "api-football": "40" },
    zone: "Europe/London",
    // Sunday's first slot, as in the Premier League; not counted in data.
    kickoff: "12:00",
    season: style,
    span: ["07-20", last],
    formats: [{ since: 1995, clubs: 24, rounds: 46 }],
  },
  {
    id: "bl1",
    name: "Bundesliga",
    country: "Germany",
    codes: { openfootball: "de.1", "football-data": "BL1", "api-football": "78" },
    zone: "Europe/Berlin",
    // openfootball, 2013-14 to 2021-22: 19 of 2,754 matches, Sundays from 2017 to 2021; 15:30 on all other days.
    kickoff: "13:30",
    season: style,
    span: ["08-01", last],
    formats: [{ since: 1992, clubs: 18, rounds: 34 }],
  },
  {
    id: "sa",
    name: "Serie A",
    country: "Italy",
    codes: { openfootball: "it.1", "football-data": "SA", "api-football": "135" },
    zone: "Europe/Rome",
    // Sunday's first slot since 2010; not counted in data.
    kickoff: "12:30",
    season: style,
    span: ["08-01", last],
    formats: [{ since: 2004, clubs: 20, rounds: 38 }],
  },
  {
    id: "pd",
    name: "La Liga",
    country: "Spain",
    codes: { openfootball: "es.1", "football-data": "PD", "api-football": "140" },
    zone: "Europe/Madrid",
    // Sunday's first slot from 2012 to 2020, 13:00 and 14:00 since; not counted in data.
    kickoff: "12:00",
    season: style,
    span: ["08-01", last],
    formats: [{ since: 1997, clubs: 20, rounds: 38 }],
  },
  {
    id: "fl1",
    name: "Ligue 1",
    country: "France",
    codes: { openfootball: "fr.1", "football-data": "FL1", "api-football": "61" },
    zone: "Europe/Paris",
    // Sunday's first slot since 2020, 14:00 before; not counted in data.
    kickoff: "13:00",
    season: style,
    span: ["08-01", last],
    formats: [
      { since: 2023, clubs: 18, rounds: 34 },
      { since: 2002, clubs: 20, rounds: 38 },
    ],
  },
  {
    id: "abl",
    name: "Austrian Bundesliga",
    country: "Austria",
    codes: { openfootball: "at.1", "football-data": "ABL", "api-football": "218" },
    zone: "Europe/Vienna",
    // openfootball, 2024-25, its first ten rounds: Sunday's first slot.
    kickoff: "14:30",
    season: style,
    span: ["07-10", last],
    formats: [
      { since: 2018, clubs: 12, rounds: 32 },
      { since: 1993, clubs: 10, rounds: 36 },
    ],
  },
];

/** By our id or the source's code; null for one that it has not. */
export function leagueOf(source: LiveSource, idOrCode: string): League | null {
  return leagues.find(({ id, codes }) => id === idOrCode || codes[source] === idOrCode) ?? null;
}

export function competitionOf(source: LiveSource, { id, codes, name }: League): Competition {
  return { id, code: codes[source], name };
}

/** The year a season begins in; null for what is no season's name. */
export function firstYearOf(season: string): number | null {
  return /^\d{4}(-\d{2})?$/.test(season) ? Number(season.slice(0, 4)) : null;
}

/** Whether the league can have a season of that name. */
export function isSeason({ season: style }: League, name: string): boolean {
  const year = firstYearOf(name);
  return year !== null && name === seasonName(style, year);
}

/** As match ids have it. */
export function seasonName(style: SeasonStyle, firstYear: number): string {
  return style === "calendar-year" ? `${firstYear}` : `${firstYear}-${String((firstYear + 1) % 100).padStart(2, "0")}`;
}

export function formatOf({ formats }: League, season: string): Format {
  const year = firstYearOf(season) ?? Number.MAX_SAFE_INTEGER;
  const found = formats.find(({ since }) => year >= since) ?? formats.at(-1);
  if (found === undefined) throw new Error("a league without a format");
  return found;
}

/** The dates (`YYYY-MM-DD`) between which all matches of a season lie, both included. */
export function datesOf({ season: style, span }: League, season: string): { first: string; last: string } {
  const year = firstYearOf(season) ?? 0;
  return { first: `${year}-${span[0]}`, last: `${style === "calendar-year" ? year : year + 1}-${span[1]}` };
}

/** The seasons any of whose matches may be played between two instants (epoch milliseconds), oldest first. */
export function seasonsBetween(league: League, from: number, to: number): string[] {
  const [first, last] = [from, to].map((at) => new Date(at).toISOString().slice(0, 10)) as [string, string];
  const seasons: string[] = [];
  for (let year = Number(first.slice(0, 4)) - 1; year <= Number(last.slice(0, 4)); year++) {
    const season = seasonName(league.season, year);
    const dates = datesOf(league, season);
    if (dates.first <= last && dates.last >= first) seasons.push(season);
  }
  return seasons;
}
