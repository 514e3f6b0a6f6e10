import type { Match } from "../match/match.ts";
import type { PlayedMatch } from "../match/played.ts";
import type { MatchWriter } from "./change.ts";
import type { Db } from "./db.ts";
import { upsert } from "./upsert.ts";

export const resultsSchema = `
CREATE TABLE results (
  match_id TEXT PRIMARY KEY,
  competition TEXT NOT NULL,
  season TEXT NOT NULL,
  kickoff INTEGER NOT NULL,
  home TEXT NOT NULL,
  away TEXT NOT NULL,
  home_goals INTEGER NOT NULL,
  away_goals INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX results_by_kickoff ON results (competition, kickoff, match_id);
`;

interface Row {
  match_id: string;
  competition: string;
  season: string;
  kickoff: number;
  home: string;
  away: string;
  home_goals: number;
  away_goals: number;
}

/** Played matches in their newest revision, live and history: what forecasts learn from. */
export function resultsWriter(db: Db): MatchWriter {
  const write = upsert<Row>(
    db,
    "results",
    ["match_id"],
    ["competition", "season", "kickoff", "home", "away", "home_goals", "away_goals"],
  );
  const remove = db.prepare<[string]>("DELETE FROM results WHERE match_id = ?");
  return {
    write(before, after) {
      if (before.fixture === after.fixture && before.result === after.result) return;
      const row = rowOf(after);
      if (row !== null) write.run(row);
      else if (before.result !== null || after.result !== null) remove.run(after.id);
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
    home: fixture.teams.home.id,
    away: fixture.teams.away.id,
    home_goals: result.score.regular.home,
    away_goals: result.score.regular.away,
  };
}

export function resultQueries(db: Db) {
  const select = db.prepare<[string, number], Row>(
    "SELECT * FROM results WHERE competition = ? AND kickoff <= ? ORDER BY kickoff, match_id",
  );
  return {
    results: (competition: string, until: number): PlayedMatch[] =>
      select.all(competition, until).map((row) => ({
        matchId: row.match_id,
        competition: row.competition,
        season: row.season,
        kickoff: row.kickoff,
        home: row.home,
        away: row.away,
        score: { home: row.home_goals, away: row.away_goals },
      })),
  };
}
