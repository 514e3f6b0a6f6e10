import { countingAnswers } from "../match/answers.ts";
import type { Match } from "../match/match.ts";
import { logLoss, rps } from "../match/scoring.ts";
import { type Tendency, tendency } from "../match/settlement.ts";
import type { MatchWriter } from "./change.ts";
import type { Db } from "./db.ts";
import type { Rows } from "./rows.ts";
import { type Flag, flag } from "./upsert.ts";

export const scoresSchema = `
CREATE TABLE scores (
  match_id TEXT NOT NULL,
  model TEXT NOT NULL,
  competition TEXT NOT NULL,
  season TEXT NOT NULL,
  kickoff INTEGER NOT NULL,
  retroactive INTEGER NOT NULL,
  points INTEGER NOT NULL,
  exact INTEGER NOT NULL,
  difference INTEGER NOT NULL,
  tendency INTEGER NOT NULL,
  rps REAL NOT NULL,
  log_loss REAL NOT NULL,
  home REAL NOT NULL,
  draw REAL NOT NULL,
  away REAL NOT NULL,
  outcome TEXT NOT NULL,
  cost REAL NOT NULL,
  PRIMARY KEY (match_id, model)
) STRICT, WITHOUT ROWID;
CREATE INDEX scores_by_model ON scores (model, kickoff, match_id);
CREATE TABLE silences (
  match_id TEXT NOT NULL,
  model TEXT NOT NULL,
  competition TEXT NOT NULL,
  season TEXT NOT NULL,
  retroactive INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  cost REAL NOT NULL,
  PRIMARY KEY (match_id, model)
) STRICT, WITHOUT ROWID;
`;

/** One counting answer of a settled match. */
export interface ScoreRow {
  match_id: string;
  model: string;
  competition: string;
  season: string;
  kickoff: number;
  retroactive: Flag;
  points: number;
  exact: Flag;
  difference: Flag;
  tendency: Flag;
  rps: number;
  log_loss: number;
  home: number;
  draw: number;
  away: number;
  outcome: Tendency;
  cost: number;
}

/** A roster model of a settled match that gave no answer that counts. */
export interface SilenceRow {
  match_id: string;
  model: string;
  competition: string;
  season: string;
  retroactive: Flag;
  outcome: "abstained" | "resting" | "failed";
  /** What it cost all the same. */
  cost: number;
}

/** Rewritten whole by every settlement of the match, since a corrected result scores every answer anew. */
export function scoresWriter(db: Db, rows: Rows): MatchWriter {
  const forget = db.prepare<[string]>("DELETE FROM scores WHERE match_id = ?");
  const forgetSilences = db.prepare<[string]>("DELETE FROM silences WHERE match_id = ?");
  const scores = rows.table<ScoreRow>(
    "scores",
    ["match_id", "model"],
    [
      "competition",
      "season",
      "kickoff",
      "retroactive",
      "points",
      "exact",
      "difference",
      "tendency",
      "rps",
      "log_loss",
      "home",
      "draw",
      "away",
      "outcome",
      "cost",
    ],
  );
  const silences = rows.table<SilenceRow>(
    "silences",
    ["match_id", "model"],
    ["competition", "season", "retroactive", "outcome", "cost"],
  );
  return {
    // At the settlement itself: what was scored is what counted then, not what came to count later.
    step({ before, after }) {
      if (after.settlement === before.settlement) return;
      if (before.settlement !== null) {
        // What is held back of the old settlement must not come after this.
        scores.flush();
        silences.flush();
        forget.run(after.id);
        forgetSilences.run(after.id);
      }
      for (const row of scoresOf(after)) scores.put(row);
      for (const row of silencesOf(after)) silences.put(row);
    },
  };
}

function scoresOf(match: Match): ScoreRow[] {
  const { fixture, settlement, result } = match;
  if (fixture === null || settlement === null || settlement.void !== null || result === null) return [];
  const actual = result.score.regular;
  const outcome = tendency(actual);
  const points = new Map(settlement.points.map((it) => [it.model, it.points]));
  return countingAnswers(match).flatMap(({ model, tip, probabilities, retroactive, cost }) => {
    const scored = points.get(model);
    if (scored === undefined) return [];
    const right = tendency(tip) === outcome;
    return {
      match_id: match.id,
      model,
      competition: fixture.competition,
      season: fixture.season,
      kickoff: fixture.kickoff,
      retroactive: flag(retroactive),
      points: scored,
      exact: flag(tip.home === actual.home && tip.away === actual.away),
      difference: flag(right && tip.home - tip.away === actual.home - actual.away),
      tendency: flag(right),
      rps: rps(probabilities, actual),
      log_loss: logLoss(probabilities, actual),
      home: probabilities.home,
      draw: probabilities.draw,
      away: probabilities.away,
      outcome,
      cost,
    };
  });
}

function silencesOf(match: Match): SilenceRow[] {
  const { fixture, settlement } = match;
  if (fixture === null || settlement === null || settlement.void !== null) return [];
  const answered = new Set(countingAnswers(match).map((answer) => answer.model));
  return match.outcomes.flatMap(({ model, outcome, round, sequence, cost = 0 }) => {
    if (round !== match.round.number || answered.has(model)) return [];
    // An outcome does not say whether it was retro: the answers of its wave do, or else what the quotas came from.
    const beside = match.answers.find((answer) => answer.sequence === sequence);
    return {
      match_id: match.id,
      model,
      competition: fixture.competition,
      season: fixture.season,
      retroactive: flag(beside?.retroactive ?? settlement.quotasFrom === "retro"),
      outcome,
      cost,
    };
  });
}
