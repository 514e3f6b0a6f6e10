import type { Score } from "./event.ts";

/** A finished match as the forecasts learn it. */
export interface PlayedMatch {
  matchId: string;
  competition: string;
  season: string;
  /** Epoch milliseconds. */
  kickoff: number;
  /** The latest instant at which it can have begun, where the source told a day without a time; else left out. */
  begunBy?: number;
  /** Team ids. */
  home: string;
  away: string;
  /** After 90 minutes and stoppage. */
  score: Score;
}

/** An assumed kick-off is the earliest usual one of its league: no match of that day begins later than this after it. */
export const assumedKickoffSpanMs = 12 * 3_600_000;

/** Results are ordered and released by this: one of an assumed kick-off must not be known before its match was played. */
export function begunBy({ kickoff, begunBy = kickoff }: Pick<PlayedMatch, "kickoff" | "begunBy">): number {
  return begunBy;
}
