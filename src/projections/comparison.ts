import { setImmediate } from "node:timers/promises";
import { modelsOf, numberAt } from "./by-model.ts";
import type { Db } from "./db.ts";
import { type Interval, intervalOf, type Moments, newMoments, observed } from "./moments.ts";
import { type PanelFilter, type PanelParams, panelParams, scoresWhere } from "./panel-filter.ts";
import { score, type ScoreRow, scoreWidth } from "./scored.ts";

/** How two models did over the matches that both answered and that were settled. Differences are first minus second. */
export interface Comparison {
  n: number;
  points: Difference;
  rps: Difference;
  logLoss: Difference;
}

/** Which of two models is better by a difference that chance does not explain: one whose interval leaves out 0. `sign`: 1 where more is better, else -1. */
export function betterOf({ mean, interval }: Difference, sign: 1 | -1): "first" | "second" | null {
  if (mean === null || interval === null || interval[0] * interval[1] <= 0) return null;
  return mean * sign > 0 ? "first" : "second";
}

/** The mean of the differences match by match, null without a common match, and its interval. */
export interface Difference {
  mean: number | null;
  interval: Interval | null;
}

/** What two models did on some matches, first minus second. */
export interface PairPage {
  pairs: { points: number; rps: number; logLoss: number }[];
  /** The last match looked at; null at the end. */
  after: Position | null;
}

interface Position {
  kickoff: number;
  matchId: string;
}

/** Matches looked at in one go: some milliseconds' worth. */
const lookedMax = 2000;

type Row = Pick<ScoreRow, "kickoff" | "match_id" | "models" | "numbers">;

export function pairQueries(db: Db) {
  return {
    /** Of the matches that both answered, in the order of kick-offs. */
    scorePairs(first: string, second: string, filter: PanelFilter, after: Position | null): PairPage {
      const rows = db
        .prepare<[PanelParams & Partial<Position>], Row>(
          `SELECT kickoff, match_id, models, numbers ${scoresWhere(filter)}
             ${after === null ? "" : "AND (kickoff, match_id) > (@kickoff, @matchId)"}
           ORDER BY kickoff, match_id LIMIT ${lookedMax}`,
        )
        .all({ ...panelParams(filter), ...after });
      const last = rows.at(-1);
      const more = rows.length === lookedMax && last !== undefined;
      return {
        pairs: rows.flatMap((row) => pairOf(row, first, second)),
        after: more ? { kickoff: last.kickoff, matchId: last.match_id } : null,
      };
    },
  };
}

function pairOf({ models, numbers }: Row, first: string, second: string): PairPage["pairs"] {
  const known = modelsOf(models);
  const [one, other] = [known.indexOf(first) * scoreWidth, known.indexOf(second) * scoreWidth];
  const answered = (at: number) => at >= 0 && numberAt(numbers, at + score.fate) === 0;
  if (!answered(one) || !answered(other)) return [];
  const less = (at: number) => numberAt(numbers, one + at) - numberAt(numbers, other + at);
  return [{ points: less(score.points), rps: less(score.rps), logLoss: less(score.logLoss) }];
}

/** Match by match, with turns for others in between: half a million matches take seconds. */
export async function compared(pageAfter: (after: Position | null) => PairPage): Promise<Comparison> {
  const [points, rps, logLoss] = [newMoments(), newMoments(), newMoments()];
  let after: Position | null = null;
  for (;;) {
    const page: PairPage = pageAfter(after);
    for (const pair of page.pairs) {
      observed(points, pair.points);
      observed(rps, pair.rps);
      observed(logLoss, pair.logLoss);
    }
    after = page.after;
    if (after === null) break;
    await setImmediate();
  }
  return { n: points.n, points: differenceOf(points), rps: differenceOf(rps), logLoss: differenceOf(logLoss) };
}

function differenceOf(moments: Moments): Difference {
  return { mean: moments.n === 0 ? null : moments.mean, interval: intervalOf(moments) };
}
