import { countingAnswers } from "../match/answers.ts";
import type { Match } from "../match/match.ts";
import { logLoss, rps } from "../match/scoring.ts";
import { type Tendency, tendency } from "../match/settlement.ts";
import type { MatchWriter } from "./change.ts";
import type { Db } from "./db.ts";
import { keepModelPairs } from "./model-pairs.ts";
import { keepModelSums } from "./model-sums.ts";
import { longRowsMax, type Rows } from "./rows.ts";
import { type Fate, fates, score, type Scored, scoredOf, type ScoreRow, scoreWidth } from "./scored.ts";
import { flag } from "./upsert.ts";

const order = "kickoff, match_id";

export const scoresSchema = `
-- A row is what all models did: 42 rows and as many entries of an index cost ten times as much.
CREATE TABLE scores (
  match_id TEXT NOT NULL,
  retroactive INTEGER NOT NULL,
  competition TEXT NOT NULL,
  season TEXT NOT NULL,
  kickoff INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  answered INTEGER NOT NULL,
  models TEXT NOT NULL,
  numbers BLOB NOT NULL,
  PRIMARY KEY (match_id, retroactive)
) STRICT;
CREATE INDEX scores_by_time ON scores (retroactive, ${order});
CREATE INDEX scores_by_competition ON scores (retroactive, competition, ${order});
CREATE INDEX scores_by_season ON scores (retroactive, season, ${order});
CREATE INDEX scores_by_both ON scores (retroactive, competition, season, ${order});
`;

export interface ScoreBook {
  /** Instead of what was scored of the match before. */
  rescore(matchId: string, rows: readonly ScoreRow[]): void;
  /** Rows of one match. */
  score(rows: readonly ScoreRow[]): void;
  forget(): void;
}

/** The scores of matches, their sums by competition, season and month, and those of each two models; `waiting`: see `keepModelPairs`. */
export function createScoreBook(db: Db, rows: Rows, waiting?: number): ScoreBook {
  const select = db.prepare<[string], ScoreRow>("SELECT * FROM scores WHERE match_id = ? ORDER BY retroactive");
  const forget = db.prepare<[string]>("DELETE FROM scores WHERE match_id = ?");
  const scores = rows.table<ScoreRow>(
    "scores",
    ["match_id", "retroactive"],
    ["competition", "season", "kickoff", "outcome", "answered", "models", "numbers"],
    longRowsMax,
  );
  const sums = keepModelSums(db, rows);
  const pairs = keepModelPairs(db, rows, waiting);

  function put(some: readonly ScoreRow[], scored: readonly Scored[]): void {
    for (const it of scored) sums.add(it);
    for (const row of some) scores.put(row);
  }

  return {
    score(some) {
      const scored = some.map(scoredOf);
      const [first] = some;
      if (first !== undefined) pairs.add(first.match_id, scored);
      put(some, scored);
    },
    rescore(matchId, some) {
      // What is held back of the old settlement must not come after this.
      scores.flush();
      const [before, after] = [select.all(matchId), some].map((it) => it.map(scoredOf)) as [Scored[], Scored[]];
      for (const it of before) sums.takeBack(it);
      pairs.replace(matchId, before, after);
      forget.run(matchId);
      put(some, after);
    },
    forget() {
      sums.forget();
      pairs.forget();
    },
  };
}

/** Rewritten whole by every settlement of the match, since a corrected result scores every answer anew. */
export function scoresWriter(db: Db, rows: Rows): MatchWriter {
  const book = createScoreBook(db, rows);
  return {
    // At the settlement itself: what was scored is what counted then, not what came to count later.
    step({ before, after }) {
      if (after.settlement === before.settlement) return;
      if (before.settlement === null) book.score(rowsOf(after));
      else book.rescore(after.id, rowsOf(after));
    },
    forget: () => book.forget(),
  };
}

/** What came of one model: `numbers` by `score`. */
interface Entry {
  model: string;
  retroactive: boolean;
  numbers: Partial<Record<Exclude<keyof typeof score, "fate">, number>> & { fate: Fate };
}

function rowsOf(match: Match): ScoreRow[] {
  const { fixture, settlement, result } = match;
  if (fixture === null || settlement === null || settlement.void !== null || result === null) return [];
  const entries = [...answersOf(match, result.score.regular), ...silencesOf(match)];
  return [false, true].flatMap((retroactive) => {
    const some = entries.filter((it) => it.retroactive === retroactive);
    if (some.length === 0) return [];
    const { competition, season, kickoff } = fixture;
    const outcome = tendency(result.score.regular);
    return scoreRow(
      { match_id: match.id, retroactive: flag(retroactive), competition, season, kickoff, outcome },
      some,
    );
  });
}

const scoreNames = [
  "points",
  "exact",
  "difference",
  "tendency",
  "rps",
  "logLoss",
  "home",
  "draw",
  "away",
  "cost",
] as const satisfies (keyof typeof score)[];

/** Of models each of which comes once. */
export function scoreRow(
  of: Omit<ScoreRow, "answered" | "models" | "numbers">,
  entries: readonly Pick<Entry, "model" | "numbers">[],
): ScoreRow {
  const all = new Float64Array(scoreWidth * entries.length);
  for (const [i, { numbers }] of entries.entries()) {
    const at = i * scoreWidth;
    for (const name of scoreNames) all[at + score[name]] = numbers[name] ?? 0;
    all[at + score.fate] = fates.indexOf(numbers.fate);
  }
  const answered = entries.filter(({ numbers }) => numbers.fate === "answered").length;
  const models = JSON.stringify(entries.map(({ model }) => model));
  return { ...of, answered, models, numbers: Buffer.from(all.buffer) };
}

function answersOf(match: Match, actual: { home: number; away: number }): Entry[] {
  const outcome: Tendency = tendency(actual);
  const points = new Map(match.settlement?.points.map((it) => [it.model, it.points]));
  return countingAnswers(match).flatMap(({ model, tip, probabilities, retroactive, cost }) => {
    const scored = points.get(model);
    if (scored === undefined) return [];
    const right = tendency(tip) === outcome;
    const numbers = {
      fate: "answered" as const,
      points: scored,
      exact: flag(tip.home === actual.home && tip.away === actual.away),
      difference: flag(right && tip.home - tip.away === actual.home - actual.away),
      tendency: flag(right),
      rps: rps(probabilities, actual),
      logLoss: logLoss(probabilities, actual),
      home: probabilities.home,
      draw: probabilities.draw,
      away: probabilities.away,
      cost,
    };
    return { model, retroactive, numbers };
  });
}

/** Roster models that gave no answer that counts. */
function silencesOf(match: Match): Entry[] {
  const answered = new Set(countingAnswers(match).map((answer) => answer.model));
  const silent = new Map<string, Entry>();
  for (const { model, outcome, round, sequence, cost = 0 } of match.outcomes) {
    if (round !== match.round.number || answered.has(model)) continue;
    // An outcome does not say whether it was retro: the answers of its wave do, or else what the quotas came from.
    const beside = match.answers.find((answer) => answer.sequence === sequence);
    const retroactive = beside?.retroactive ?? match.settlement?.quotasFrom === "retro";
    silent.set(model, { model, retroactive, numbers: { fate: outcome, cost } });
  }
  return [...silent.values()];
}
