import type { Match } from "../match/match.ts";
import { assumedKickoffSpanMs, begunBy, type PlayedMatch } from "../match/played.ts";
import type { MatchWriter } from "./change.ts";
import type { Db } from "./db.ts";
import type { Rows } from "./rows.ts";

export const resultsSchema = `
CREATE TABLE results (
  match_id TEXT PRIMARY KEY,
  competition TEXT NOT NULL,
  season TEXT NOT NULL,
  kickoff INTEGER NOT NULL,
  begun_by INTEGER NOT NULL,
  home TEXT NOT NULL,
  away TEXT NOT NULL,
  home_goals INTEGER NOT NULL,
  away_goals INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX results_by_begun ON results (competition, begun_by, match_id);
`;

interface Row {
  match_id: string;
  competition: string;
  season: string;
  kickoff: number;
  begun_by: number;
  home: string;
  away: string;
  home_goals: number;
  away_goals: number;
}

/** Played matches in their newest revision, live and history: what forecasts learn from. */
export function resultsWriter(db: Db, rows: Rows): MatchWriter {
  const results = rows.table<Row>(
    "results",
    ["match_id"],
    ["competition", "season", "kickoff", "begun_by", "home", "away", "home_goals", "away_goals"],
  );
  return {
    write(before, after) {
      if (before.fixture === after.fixture && before.result === after.result) return;
      const row = rowOf(after);
      if (row === null && before.result === null && after.result === null) return;
      changedResults(db);
      if (row !== null) results.put(row);
      else results.remove(after.id);
    },
  };
}

function rowOf({ id, fixture, result }: Match): Row | null {
  if (fixture === null || result === null || fixture.status !== "finished") return null;
  return {
    match_id: id,
    competition: fixture.competition,
    season: fixture.season,
    kickoff: fixture.kickoff,
    begun_by: fixture.kickoff + (fixture.timeAssumed ? assumedKickoffSpanMs : 0),
    home: fixture.teams.home.id,
    away: fixture.teams.away.id,
    home_goals: result.score.regular.home,
    away_goals: result.score.regular.away,
  };
}

/** How often this connection has written results: what was read of them before holds no longer. */
const writes = new WeakMap<Db, number>();

function changedResults(db: Db): void {
  writes.set(db, (writes.get(db) ?? 0) + 1);
}

export function resultQueries(db: Db) {
  const select = db.prepare<[string], Row>("SELECT * FROM results WHERE competition = ? ORDER BY begun_by, match_id");
  /** Moves when another connection commits. */
  const commits = db.prepare<[], number>("PRAGMA data_version").pluck();
  const known = new Map<string, { state: string; matches: PlayedMatch[] }>();

  // Every question of every match asks for all there is so far: read from the table each time, that was a sixth of a season.
  function all(competition: string): PlayedMatch[] {
    const state = `${commits.get() ?? 0} ${writes.get(db) ?? 0}`;
    const before = known.get(competition);
    if (before?.state === state) return before.matches;
    const matches = select.all(competition).map(playedOf);
    known.set(competition, { state, matches });
    return matches;
  }

  return {
    results(competition: string, until: number): PlayedMatch[] {
      const matches = all(competition);
      let [low, high] = [0, matches.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (begunByOf(matches[middle]) <= until) low = middle + 1;
        else high = middle;
      }
      return matches.slice(0, low);
    },
  };
}

function begunByOf(match: PlayedMatch | undefined): number {
  return match === undefined ? 0 : begunBy(match);
}

function playedOf(row: Row): PlayedMatch {
  return {
    matchId: row.match_id,
    competition: row.competition,
    season: row.season,
    kickoff: row.kickoff,
    ...(row.begun_by === row.kickoff ? {} : { begunBy: row.begun_by }),
    home: row.home,
    away: row.away,
    score: { home: row.home_goals, away: row.away_goals },
  };
}
