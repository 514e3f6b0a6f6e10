import { countingAnswers, isCovered } from "../match/answers.ts";
import { gapOf } from "../match/coverage.ts";
import { stages } from "../match/event.ts";
import type { Match } from "../match/match.ts";
import { nextDueAt } from "../match/next-due.ts";
import type { Policy } from "../match/policy.ts";
import { isTerminal, type Status } from "../match/status.ts";
import type { MatchWriter } from "./change.ts";
import type { Db } from "./db.ts";
import { packHindsight } from "./hindsights.ts";
import type { Rows } from "./rows.ts";
import { type Flag, flag } from "./upsert.ts";

export const matchesSchema = `
CREATE TABLE matches (
  id TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  competition TEXT NOT NULL,
  season TEXT NOT NULL,
  matchday TEXT,
  purpose TEXT NOT NULL,
  status TEXT NOT NULL,
  kickoff INTEGER NOT NULL,
  home_id TEXT NOT NULL,
  home_name TEXT NOT NULL,
  away_id TEXT NOT NULL,
  away_name TEXT NOT NULL,
  home_goals INTEGER,
  away_goals INTEGER,
  next_due_at INTEGER,
  retro INTEGER NOT NULL,
  awaiting_result INTEGER NOT NULL,
  analysed INTEGER NOT NULL,
  lineups INTEGER NOT NULL,
  covered INTEGER NOT NULL,
  predictions INTEGER NOT NULL,
  settlement TEXT,
  given_up INTEGER NOT NULL,
  gapless INTEGER NOT NULL,
  -- What a backfill goes by (hindsights.ts); NULL where it will never have anything to do.
  hindsight TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX matches_by_due ON matches (next_due_at) WHERE next_due_at IS NOT NULL;
CREATE INDEX matches_awaiting ON matches (competition, kickoff) WHERE awaiting_result = 1;
CREATE INDEX matches_with_gaps ON matches (kickoff) WHERE gapless = 0;
CREATE INDEX matches_in_hindsight ON matches (kickoff, id, competition) WHERE hindsight IS NOT NULL;
-- What a listing may be filtered by, in front of its order (listing.ts).
CREATE INDEX matches_listed ON matches (purpose, status, kickoff, id);
CREATE INDEX matches_listed_by_competition ON matches (purpose, status, competition, kickoff, id);
CREATE INDEX matches_listed_by_season ON matches (purpose, status, season, kickoff, id);
CREATE INDEX matches_listed_by_both ON matches (purpose, status, competition, season, kickoff, id);
`;

/** The summary of a scheduled match. */
export interface MatchRow {
  id: string;
  version: number;
  competition: string;
  season: string;
  matchday: string | null;
  purpose: "live" | "history";
  status: Status;
  kickoff: number;
  home_id: string;
  home_name: string;
  away_id: string;
  away_name: string;
  home_goals: number | null;
  away_goals: number | null;
  next_due_at: number | null;
  retro: Flag;
  awaiting_result: Flag;
  analysed: Flag;
  lineups: Flag;
  covered: Flag;
  predictions: number;
  settlement: "settled" | "void" | null;
  given_up: Flag;
  gapless: Flag;
  hindsight: string | null;
}

/** What follows from the fixture alone: by these a list is filtered and ordered. */
const ofFixture = [
  "competition",
  "season",
  "matchday",
  "purpose",
  "status",
  "kickoff",
  "home_id",
  "home_name",
  "away_id",
  "away_name",
] as const satisfies (keyof MatchRow)[];

const ofProgress = [
  "version",
  "home_goals",
  "away_goals",
  "next_due_at",
  "retro",
  "awaiting_result",
  "analysed",
  "lineups",
  "covered",
  "predictions",
  "settlement",
  "given_up",
  "gapless",
  "hindsight",
] as const satisfies (keyof MatchRow)[];

export function matchesWriter(db: Db, rows: Rows, policy: Policy): MatchWriter {
  const matches = rows.table<MatchRow>("matches", ["id"], [...ofFixture, ...ofProgress]);
  // SQLite writes an index anew when a column of it is set, be it to what it was: so four of them are left alone.
  const progress = db.prepare<[MatchRow]>(
    `UPDATE matches SET ${ofProgress.map((column) => `${column} = @${column}`).join(", ")} WHERE id = @id`,
  );
  return {
    write(before, after) {
      const row = rowOf(after, policy);
      if (row === null) return;
      if (before.fixture === after.fixture && !matches.holds(after.id)) progress.run(row);
      else matches.put(row);
    },
  };
}

/** null for a match nobody has scheduled: broken bodies, rejected letters. */
function rowOf(match: Match, policy: Policy): MatchRow | null {
  const { fixture, settlement, result } = match;
  if (fixture === null) return null;
  const { home, away } = fixture.teams;
  const live = fixture.purpose === "live";
  const terminal = isTerminal(fixture.status);
  return {
    id: match.id,
    version: match.version,
    competition: fixture.competition,
    season: fixture.season,
    matchday: fixture.matchday,
    purpose: fixture.purpose,
    status: fixture.status,
    kickoff: fixture.kickoff,
    home_id: home.id,
    home_name: home.name,
    away_id: away.id,
    away_name: away.name,
    home_goals: result?.score.regular.home ?? null,
    away_goals: result?.score.regular.away ?? null,
    next_due_at: nextDueAt(match, policy),
    retro: flag(match.retro !== null),
    awaiting_result: flag(live && !terminal && fixture.status !== "postponed"),
    analysed: flag(match.analysis !== null),
    lineups: flag(match.stages.lineups.done !== null),
    covered: flag(isCovered(match)),
    predictions: countingAnswers(match).length,
    settlement: settlement === null ? null : settlement.void === null ? "settled" : "void",
    given_up: flag(stages.some((stage) => isGivenUp(match, stage))),
    // Once a match has ended its gap can only grow with time: none at the end of time is none ever.
    gapless: flag(!live || (terminal && gapOf(match, Number.MAX_SAFE_INTEGER, policy) === null)),
    hindsight: packHindsight(match),
  };
}

function isGivenUp(match: Match, stage: (typeof stages)[number]): boolean {
  const { failure } = match.stages[stage];
  return failure !== null && failure.retryAt === null && failure.dismissed === null;
}

export interface MatchTally {
  matches: number;
  live: number;
  /** The others count live matches only. */
  analysed: number;
  lineups: number;
  predicted: number;
  finished: number;
  settled: number;
  void: number;
  failed: number;
}

export function matchQueries(db: Db) {
  const awaitingKickoffs = db
    .prepare<[string, number], number>(
      `SELECT DISTINCT kickoff FROM matches
       WHERE awaiting_result = 1 AND competition = ? AND kickoff >= ? ORDER BY kickoff`,
    )
    .pluck();
  const awaitingMatches = db
    .prepare<[string, number, number], string>(
      `SELECT id FROM matches
       WHERE awaiting_result = 1 AND competition = ? AND kickoff <= ? AND kickoff >= ? ORDER BY kickoff, id`,
    )
    .pluck();
  const tally = db.prepare<[], MatchTally>(
    `SELECT count(*) AS matches,
       count(*) FILTER (WHERE live) AS live,
       count(*) FILTER (WHERE live AND analysed) AS analysed,
       count(*) FILTER (WHERE live AND lineups) AS lineups,
       count(*) FILTER (WHERE live AND covered) AS predicted,
       count(*) FILTER (WHERE live AND home_goals IS NOT NULL) AS finished,
       count(*) FILTER (WHERE live AND settlement = 'settled') AS settled,
       count(*) FILTER (WHERE live AND settlement = 'void') AS void,
       count(*) FILTER (WHERE live AND given_up) AS failed
     FROM (SELECT *, purpose = 'live' AS live FROM matches)`,
  );
  const withGaps = db.prepare<[number, number], { id: string; version: number }>(
    "SELECT id, version FROM matches WHERE gapless = 0 AND kickoff >= ? AND kickoff <= ? ORDER BY kickoff, id",
  );
  return {
    awaitingKickoffs: (competition: string, notBefore: number) => awaitingKickoffs.all(competition, notBefore),
    awaitingMatches: (competition: string, kickoffAtMost: number, notBefore: number) =>
      awaitingMatches.all(competition, kickoffAtMost, notBefore),
    /** The live matches that kick off in the span and can have a gap. */
    withGaps: (from: number, to: number) => withGaps.all(from, to),
    tally(): MatchTally {
      const row = tally.get();
      if (row === undefined) throw new Error("a count without a row");
      return row;
    },
  };
}
