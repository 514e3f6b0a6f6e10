import type { Score } from "./event.ts";

/** A finished match as the forecasts learn it. */
export interface PlayedMatch {
  matchId: string;
  competition: string;
  season: string;
  /** Epoch milliseconds. */
  kickoff: number;
  /** Team ids. */
  home: string;
  away: string;
  /** After 90 minutes and stoppage. */
  score: Score;
}
