import type { Probabilities, Score } from "../match/event.ts";
import type { PlayedMatch } from "../match/played.ts";
import type { Range } from "./params.ts";

export type { PlayedMatch };

export interface FixtureToForecast {
  matchId: string;
  competition: string;
  season: string;
  kickoff: number;
  home: string;
  away: string;
}

/** `matrix[i][j]` is the probability that the home team scores i and the away team j after 90 minutes; it sums to 1. */
export type ScoreMatrix = readonly (readonly number[])[];

export interface Forecast {
  matrix: ScoreMatrix;
  probabilities: Probabilities;
  tip: Score;
  expectedGoals: { home: number; away: number };
}

/** A model's memory of a competition: fed results in order of kick-off, asked for score matrices. Never shared between competitions. */
export interface RatingState {
  /** In the order of `begunBy`: where times are assumed, a kick-off may lie some hours before that of the match before. */
  learn(match: PlayedMatch): void;
  predict(fixture: FixtureToForecast): ScoreMatrix;
}

/** A statistical member of the panel, as data: its family builds states from its parameters, defaults for those left out. */
export interface Member {
  name: string;
  family: string;
  /** Changes whenever its forecasts may change. */
  version: string;
  params: Readonly<Record<string, number>>;
}

export interface Family {
  name: string;
  /** Paper the formulas come from. */
  source: string;
  /** Every parameter the family knows, with the value it takes when a member names none. */
  defaults: Readonly<Record<string, number>>;
  /** What each of them may be. */
  ranges: Readonly<Record<string, Range>>;
  /** Throws a RangeError on a parameter the family does not know or that is out of its range (params.ts). */
  create(params: Readonly<Record<string, number>>): RatingState;
}
