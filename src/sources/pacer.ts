import { type Clock, pause } from "../clock.ts";
import { SourceError } from "./source.ts";

/** Spaces the requests of one key, whoever in this process makes them. */
export interface Pacer {
  /**
   * Resolves when the next request may start; in the order of the calls. Throws a `rate-limited` SourceError instead of a long
   * wait, and the signal's reason when that aborts.
   */
  turn(provider: string, signal: AbortSignal): Promise<void>;
  /** Nothing starts for that long: the provider says so. */
  hold(ms: number): void;
  /** The provider's limit is another one than was thought. */
  allow(perWindow: number): void;
}

export interface PacerOptions {
  /** Requests that may start within any window. */
  perWindow: number;
  clock: Clock;
  /** Milliseconds, default a minute and a second: requests do not all travel equally long, and the provider counts arrivals. */
  windowMs?: number | undefined;
  /** A longer wait than this, in milliseconds, is refused: the asker has a budget of its own, and others to ask. */
  waitMaxMs?: number | undefined;
}

/** As many starts are remembered: no plan allows more a minute. */
const startsMax = 1000;

/**
 * At most so many in any window, not only on average: a bucket that refills as it is emptied lets twice the number pass in
 * its first minute, and the provider counts those.
 */
export function createPacer({ perWindow, clock, windowMs = 61_000, waitMaxMs = 30_000 }: PacerOptions): Pacer {
  let limit = perWindow;
  let heldUntil = 0;
  /** Instants of `elapsed` at which the last requests start, some of them ahead. */
  let starts: number[] = [];

  function nextStart(now: number): number {
    const first = starts.at(-limit);
    return Math.max(now, heldUntil, first === undefined ? 0 : first + windowMs, starts.at(-1) ?? 0);
  }

  return {
    async turn(provider, signal) {
      const at = nextStart(clock.elapsed());
      const wait = () => {
        const left = Math.ceil(Math.max(at, heldUntil) - clock.elapsed());
        if (left <= waitMaxMs) return left;
        const text = `${provider} allows ${limit} requests a minute, and they are used up`;
        throw new SourceError("rate-limited", text, { retryAt: clock.now() + left });
      };
      let left = wait();
      starts = [...starts, at].slice(-startsMax);
      // Timers may be a little early, and what the provider forbids meanwhile counts too.
      for (; left > 0; left = wait()) {
        await pause(clock, left, signal);
        signal.throwIfAborted();
      }
    },
    hold(ms) {
      heldUntil = Math.max(heldUntil, clock.elapsed() + ms);
    },
    allow(perWindow) {
      if (perWindow >= 1) limit = Math.min(Math.floor(perWindow), startsMax);
    },
  };
}
