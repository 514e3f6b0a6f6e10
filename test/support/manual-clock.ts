import type { Clock, SimulatedClock } from "../../src/clock.ts";

/** A clock that stands still until the test moves it. */
export interface ManualClock extends Clock {
  /** Passes `ms`, running each timer at its instant and letting all that follows from it happen before the next one. */
  advance(ms: number): Promise<void>;
  /** Timers that have neither run nor been cancelled. */
  readonly timers: number;
}

/** `now` begins at `start` (epoch milliseconds), `elapsed` at 0. */
export function manualClock(start: number): ManualClock {
  let passed = 0;
  const timers = new Set<{ at: number; run: () => void }>();
  return {
    kind: "wall",
    now: () => start + passed,
    elapsed: () => passed,
    after(ms, run) {
      const timer = { at: passed + Math.max(0, ms), run };
      timers.add(timer);
      return { cancel: () => void timers.delete(timer) };
    },
    async advance(ms) {
      const end = passed + ms;
      await settled();
      for (;;) {
        const [next] = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        timers.delete(next);
        passed = Math.max(passed, next.at);
        next.run();
        await settled();
      }
      passed = end;
      await settled();
    },
    get timers() {
      return timers.size;
    },
  };
}

/** A simulated clock whose wall time is a manual clock's. */
export function manualSimulatedClock(wall: ManualClock): SimulatedClock {
  let now = wall.now();
  return {
    kind: "simulated",
    now: () => now,
    elapsed: wall.elapsed,
    after: wall.after,
    jump(to) {
      now = to;
    },
  };
}

/** Once everything that waits for no timer and no input has happened: with a log in memory, that is all there is. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
