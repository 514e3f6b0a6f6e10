import type { Tendency } from "../match/settlement.ts";
import { ByModel, type Packed } from "./by-model.ts";
import type { Flag } from "./upsert.ts";

/** What came of a roster model by the settlement; only the first is scored. */
export const fates = ["answered", "abstained", "failed", "resting"] as const;
export type Fate = (typeof fates)[number];

/** Where each number of a model in a settled match is. */
export const score = {
  /** By its place in `fates`. */
  fate: 0,
  points: 1,
  exact: 2,
  difference: 3,
  tendency: 4,
  rps: 5,
  logLoss: 6,
  home: 7,
  draw: 8,
  away: 9,
  /** Of silence too, as far as it was paid. */
  cost: 10,
} as const;
export const scoreWidth = 11;

/** A row of `scores`: what the models did on a settled match, in time or in hindsight. */
export interface ScoreRow extends Packed {
  match_id: string;
  retroactive: Flag;
  competition: string;
  season: string;
  kickoff: number;
  outcome: Tendency;
  /** How many models gave an answer that counts. */
  answered: number;
}

export interface Scored {
  competition: string;
  season: string;
  kickoff: number;
  retroactive: Flag;
  outcome: Tendency;
  models: readonly string[];
  /** By `score`. */
  byModel: ByModel;
  /** Of all that answered, NaN where none did. */
  meanRps: number;
}

export function scoredOf(row: ScoreRow): Scored {
  const { competition, season, kickoff, retroactive, outcome, answered } = row;
  const byModel = new ByModel(scoreWidth, row);
  let total = 0;
  for (let at = 0; at < byModel.numbers.length; at += scoreWidth) total += byModel.numbers[at + score.rps] ?? 0;
  const { models } = byModel;
  return { competition, season, kickoff, retroactive, outcome, models, byModel, meanRps: total / answered };
}
