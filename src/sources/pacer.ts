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

/** As many starts are remembered. API-Football's largest plan allows 1,200 a minute, of which nobody needs the rest. */
export const perMinuteMax = 1000;

/**
 * At most so many in any window, not only on average: a bucket that refills as it is emptied lets twice the number pass in
 * its first minute, and the provider counts those.
 */
export function createPacer({ perWindow, clock, windowMs = 61_000, waitMaxMs = 30_000 }: PacerOptions): Pacer {
  let limit = perWindow;
  let heldUntil = 0;
  /** Instants of `elapsed` at which the last requests started. */
  const starts: number[] = [];
  const queue: object[] = [];

  /** How long the one at that place of the queue has to wait, as things stand. */
  function waitAt(place: number): number {
    const now = clock.elapsed();
    const planned = starts.slice(-limit);
    for (let i = 0; i <= place; i++) {
      const first = planned.at(-limit);
      planned.push(Math.max(now, heldUntil, first === undefined ? now : first + windowMs));
    }
    return Math.ceil((planned.at(-1) ?? now) - now);
  }

  return {
    async turn(provider, signal) {
      const ticket = {};
      queue.push(ticket);
      try {
        // Looked at again after each wait: timers may be early, and what the provider forbids meanwhile counts too.
        for (;;) {
          const wait = waitAt(queue.indexOf(ticket));
          if (wait > waitMaxMs) {
            const text = `${provider} allows ${limit} requests a minute, and they are used up`;
            throw new SourceError("rate-limited", text, { retryAt: clock.now() + wait });
          }
          if (wait <= 0 && queue[0] === ticket) break;
          await pause(clock, Math.max(1, wait), signal);
          signal.throwIfAborted();
        }
        starts.push(clock.elapsed());
        if (starts.length > perMinuteMax) starts.shift();
      } finally {
        queue.splice(queue.indexOf(ticket), 1);
      }
    },
    hold(ms) {
      heldUntil = Math.max(heldUntil, clock.elapsed() + ms);
    },
    allow(perWindow) {
      if (perWindow >= 1) limit = Math.min(Math.floor(perWindow), perMinuteMax);
    },
  };
}
