import type { Budget, Category, Finished, PollRemark, Scheduled } from "../match/event.ts";

/** One match as a source shows it at one moment, under our own match id. */
export interface Observation {
  matchId: string;
  fixture: Omit<Scheduled, "purpose" | "observedAt" | "changed">;
  /** Present when the source reports the end of the match with its score. */
  result: Pick<Finished, "score" | "how"> | null;
}

export interface SourcePage {
  observations: Observation[];
  /** What the source said that cannot be true or read, by match. */
  rejected: PollRemark[];
  /** What may be true but is doubtful: kept out until it is clear. */
  quarantined: PollRemark[];
  /** null where the source counts no calls. */
  budget: Budget | null;
  /** Nothing will ever come again from this source. */
  exhausted: boolean;
}

export interface Competition {
  /** Our id: the first token(s) of match ids. */
  id: string;
  /** The provider's code, as FULLTIME_COMPETITIONS takes it. */
  code: string;
  name: string;
}

/** `from: null` asks for everything the source has; instants in epoch milliseconds. */
export interface Window {
  from: number | null;
  to: number;
}

export type LineupsAnswer = { available: true; home: string[]; away: string[] } | { available: false; why: string };

/**
 * Where fixtures, results and line-ups come from. `now` is the pipeline's clock. Every method throws `SourceError` and
 * nothing else for what a source can do wrong.
 */
export interface Source {
  readonly name: string;
  readonly competitions: readonly Competition[];
  fixtures(competition: string, window: Window, now: number, signal: AbortSignal): Promise<SourcePage>;
  /** The present state of the named matches, by one call per competition, never one per match. */
  results(competition: string, matchIds: readonly string[], now: number, signal: AbortSignal): Promise<SourcePage>;
  /** null: not there yet, ask again. */
  lineups(competition: string, matchId: string, now: number, signal: AbortSignal): Promise<LineupsAnswer | null>;
  /** For a simulated clock: the instant from which the source has something to tell for its live season. */
  readonly firstKickoff: number | null;
}

export class SourceError extends Error {
  override readonly name = "SourceError";
  readonly category: Category;
  /** When the source says to come back, epoch milliseconds. */
  readonly retryAt: number | null;

  constructor(category: Category, message: string, options: { retryAt?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.category = category;
    this.retryAt = options.retryAt ?? null;
  }
}
