import type { MatchEvent } from "../match/event.ts";
import type { Match } from "../match/match.ts";

/** What one event did to a match. */
export interface Change {
  event: MatchEvent;
  before: Match;
  after: Match;
}

/**
 * What a read model writes. `step` is for rows that depend on the moment (when a stage was done, what a settlement scored),
 * `write` for rows that follow from the newest state alone: they are written once a batch. Neither may read a clock or depend
 * on how the log was cut into batches.
 */
export interface MatchWriter {
  step?(change: Change): void;
  /** `before`: as the tables have it. */
  write?(before: Match, after: Match): void;
  /** A transaction failed: what was remembered of it never happened. */
  forget?(): void;
}
