import { z } from "zod";
import type { PollRemark, Score, Team } from "../match/event.ts";
import { matchId, teamId } from "./identity.ts";
import { type Competition, SourceError } from "./source.ts";

/** One match of the archive, under our names. */
export interface ArchiveMatch {
  id: string;
  competition: string;
  /** As `2016-17`. */
  season: string;
  teams: { home: Team; away: Team };
  /** Epoch milliseconds. The data has a date only; the time of day is ours. */
  kickoff: number;
  score: Score;
  /** How the data calls the match. */
  ref: string;
}

export interface ArchiveRejection {
  competition: string;
  season: string;
  kickoff: number;
  remark: PollRemark;
}

export interface ArchiveRows {
  /** By kick-off; on one day as the file has them. */
  matches: readonly ArchiveMatch[];
  /** In the same order. */
  rejected: readonly ArchiveRejection[];
}

export interface ArchiveCompetition extends Competition {
  /** How often a pairing meets at one ground in a season. */
  legs: number;
}

/** Codes as football-data.org has them; `division` is the data's own name, the key here. */
const divisions: ReadonlyMap<string, ArchiveCompetition> = new Map([
  ["English Premier League", { id: "pl", code: "PL", name: "Premier League", legs: 1 }],
  ["Deutsche Bundesliga", { id: "bl1", code: "BL1", name: "Bundesliga", legs: 1 }],
  ["Serie A", { id: "sa", code: "SA", name: "Serie A", legs: 1 }],
  ["Primera Division", { id: "pd", code: "PD", name: "La Liga", legs: 1 }],
  ["Österreichische Bundesliga", { id: "abl", code: "ABL", name: "Austrian Bundesliga", legs: 2 }],
]);

export const archiveCompetitions: readonly ArchiveCompetition[] = [...divisions.values()];

/**
 * Rows of vega-datasets 3 that are no match: each stands a second time in its season, with its score, and each would
 * otherwise be a fixture that never ends. By name, so that a new row of this kind is reported instead of vanishing.
 */
export const duplicateRows: readonly string[] = [
  "2016-04-30 Aston Villa v Newcastle United",
  "2016-05-01 Verona v Frosinone",
  "2016-05-08 Palermo v Carpi",
  "2016-05-15 Carpi v Frosinone",
];

/** The only names the data abbreviates or writes out at length; spelled as the other sources spell them. */
const spelledOut: Readonly<Record<string, string>> = {
  "Borussia M'gladbach": "Borussia Monchengladbach",
  "Eintr. Braunschweig": "Eintracht Braunschweig",
  "R. Madrid": "Real Madrid",
  "R. Sociedad": "Real Sociedad",
  "Club Deportivo Leganes": "Leganes",
};

const assumedTime = "T15:00:00.000Z";

const goals = z.int().min(0).nullable();
const rowsSchema = z.array(
  z.object({
    date: z.iso.date(),
    division: z
      .string()
      .refine((name) => divisions.has(name), { error: (issue) => `unknown division ${JSON.stringify(issue.input)}` }),
    home_team: z.string().min(1),
    away_team: z.string().min(1),
    home_score: goals,
    away_score: goals,
  }),
);
type Row = z.infer<typeof rowsSchema>[number];

/**
 * The matches in football.json's rows. What cannot be a match is rejected with its reason; a file of another shape is a
 * `permanent` SourceError, since half of it would make wrong tables.
 */
export function readRows(json: unknown): ArchiveRows {
  const parsed = rowsSchema.safeParse(json);
  if (!parsed.success) throw unreadable(z.prettifyError(parsed.error).split("\n").slice(0, 2).join(" "), parsed.error);
  const matches: ArchiveMatch[] = [];
  const rejected: ArchiveRejection[] = [];
  const meetings = new Map<string, number>();
  // The file is not in order of date throughout, and legs are counted in that order.
  for (const row of parsed.data.toSorted((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))) {
    const fixture = fixtureOf(row);
    const { competition, season, kickoff, ref } = fixture;
    const reject = (code: string, text: string) =>
      rejected.push({ competition: competition.id, season, kickoff, remark: { code, match: ref, text } });
    if (row.home_score === null || row.away_score === null) {
      if (duplicateRows.includes(ref)) reject("duplicate", "a second row without a score for a match that has one");
      else reject("no-score", "the archive holds played matches only, and this one has no score");
      continue;
    }
    const { home, away } = fixture.teams;
    if (home.id === away.id) {
      reject("same-team", `${home.name} cannot play itself`);
      continue;
    }
    const pairing = matchId({ competition: competition.id, season, home: home.id, away: away.id, leg: 1 });
    const leg = (meetings.get(pairing) ?? 0) + 1;
    if (leg > competition.legs) {
      reject("extra-meeting", `${competition.name} has ${competition.legs} a season at this ground, this is one more`);
      continue;
    }
    meetings.set(pairing, leg);
    matches.push({
      id: matchId({ competition: competition.id, season, home: home.id, away: away.id, leg }),
      competition: competition.id,
      season,
      teams: fixture.teams,
      kickoff,
      score: { home: row.home_score, away: row.away_score },
      ref,
    });
  }
  return { matches, rejected };
}

function fixtureOf(row: Row) {
  const competition = divisions.get(row.division);
  if (competition === undefined) throw new Error(`the schema let ${row.division} pass`);
  return {
    competition,
    season: seasonOf(row.date),
    kickoff: Date.parse(row.date + assumedTime),
    teams: { home: team(row.home_team), away: team(row.away_team) },
    ref: `${row.date} ${row.home_team} v ${row.away_team}`,
  };
}

/** All five leagues rest in June: the data's seasons begin on 19 July or later and end by 31 May. */
function seasonOf(date: string): string {
  const year = Number(date.slice(0, 4));
  const start = Number(date.slice(5, 7)) >= 7 ? year : year - 1;
  return `${start}-${String((start + 1) % 100).padStart(2, "0")}`;
}

function team(given: string): Team {
  const name = spelledOut[given] ?? given;
  const id = teamId(name);
  if (id === null) throw unreadable(`no team id can be made of ${JSON.stringify(given)}`);
  return { id, name };
}

function unreadable(why: string, cause?: unknown): SourceError {
  return new SourceError("permanent", `vega-datasets' football.json cannot be read: ${why}; reinstall with npm ci`, {
    cause,
  });
}
