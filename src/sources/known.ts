import type { Scheduled, Team } from "../match/event.ts";
import type { Status } from "../match/status.ts";

/** What the log already has of a competition, from whichever source: what a source's page must agree with. */
export interface Known {
  /** Every match of the season, live and history; empty when there is none, or nothing is known yet. */
  matches(competition: string, season: string): readonly KnownMatch[];
}

export interface KnownMatch {
  id: string;
  /** As the source that told it last called the round, see `roundOf`. */
  matchday: string | null;
  /** Epoch milliseconds. */
  kickoff: number;
  status: Status;
  home: Team;
  away: Team;
  /** How the source that last told it anew calls it, null for one nobody knows. Asked match by match: it costs a look-up. */
  source?(): Scheduled["source"] | null;
}

export const nothingKnown: Known = { matches: () => [] };
