import type { PlayedMatch } from "../../src/forecast/member.ts";
import type { Probabilities } from "../../src/match/event.ts";

/** The finished matches of one competition, ascending by kick-off. */
export interface Dataset {
  competition: string;
  matches: readonly PlayedMatch[];
  /** Bookmakers' probabilities by match id, overround removed. */
  odds: ReadonlyMap<string, Probabilities>;
}

/** Seasons of a data set, oldest first. */
export function seasonsOf({ matches }: Dataset): string[] {
  return [...new Set(matches.map(({ season }) => season))].sort();
}
