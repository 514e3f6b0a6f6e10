/**
 * The only place that reads or waits for time. `now` is the pipeline's clock: the wall, or a simulated one that jumps to
 * the next due instant. Budgets, heartbeats and back-off run on `elapsed` and `after`: wall time even when `now` is simulated.
 */
export interface Clock {
  readonly kind: "wall" | "simulated";
  /** Epoch milliseconds. */
  now(): number;
  /** Milliseconds of wall time since some fixed instant. */
  elapsed(): number;
  /** Calls `run` once after `ms` of wall time. */
  after(ms: number, run: () => void): Timer;
}

export interface Timer {
  cancel(): void;
}

/** setTimeout's limit: longer waits fire at once. */
const longestTimeoutMs = 2 ** 31 - 1;

function after(ms: number, run: () => void): Timer {
  const handle = setTimeout(run, Math.min(Math.max(0, ms), longestTimeoutMs));
  return { cancel: () => clearTimeout(handle) };
}

const elapsed = () => performance.now();

export const wallClock: Clock = { kind: "wall", now: () => Date.now(), elapsed, after };

export interface SimulatedClock extends Clock {
  readonly kind: "simulated";
  /** Moves `now` forward; an earlier instant is a broken invariant. */
  jump(to: number): void;
}

export function simulatedClock(start: number): SimulatedClock {
  let now = start;
  return {
    kind: "simulated",
    now: () => now,
    elapsed,
    after,
    jump(to) {
      if (!(to >= now)) throw new Error(`the simulated clock cannot go back from ${now} to ${to}`);
      now = to;
    },
  };
}

/** Resolves after `ms` of wall time, or at once when `signal` aborts. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      timer.cancel();
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = clock.after(ms, done);
    signal?.addEventListener("abort", done, { once: true });
  });
}

/** What the promise resolves with; null when it takes longer than `ms` of wall time, or rejects. */
export function within<T>(clock: Clock, ms: number, promise: Promise<T>): Promise<T | null> {
  return new Promise((resolve) => {
    const timer = clock.after(ms, () => resolve(null));
    promise.then(
      (value) => {
        timer.cancel();
        resolve(value);
      },
      () => {
        timer.cancel();
        resolve(null);
      },
    );
  });
}
