import type { Point } from "../../src/events/memory.ts";
import type { Random } from "./random.ts";
import type { Owner, Timeline } from "./timeline.ts";

/** Holds back every operation of every node and lets one go at a time: which one, chance decides. */
export interface Scheduler {
  /** Resolves when it is this operation's turn; never, for an owner that died first. Early when `signal` aborts. */
  pause(owner: Owner, point: Point, signal?: AbortSignal): Promise<void>;
  /** Lets one operation go; false when none may. */
  step(): boolean;
  /** Operations held back, those that only wait for time included. */
  waiting(owner?: Owner): number;
  /** When an operation last went on. */
  readonly lastAt: number;
}

/** How long an operation takes before it may go on, in ms; 0 for at once. */
export type Latency = (owner: Owner, point: Point) => number;

interface Held {
  owner: Owner;
  resume(): void;
}

export function createScheduler(timeline: Timeline, random: Random, latency: Latency): Scheduler {
  const ready: Held[] = [];
  const delayed = new Set<Held>();
  let lastAt = timeline.now();

  function drop(held: Held): void {
    delayed.delete(held);
    const at = ready.indexOf(held);
    if (at >= 0) ready.splice(at, 1);
  }

  return {
    get lastAt() {
      return lastAt;
    },
    pause: (owner, point, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        const held: Held = {
          owner,
          resume() {
            signal?.removeEventListener("abort", abort);
            resolve();
          },
        };
        const abort = () => {
          drop(held);
          resolve();
        };
        signal?.addEventListener("abort", abort, { once: true });
        const ms = latency(owner, point);
        if (ms <= 0) return void ready.push(held);
        delayed.add(held);
        timeline.clockOf(owner).after(ms, () => {
          if (delayed.delete(held)) ready.push(held);
        });
      }),
    step() {
      while (ready.length > 0) {
        const at = random.int(0, ready.length - 1);
        const [held] = ready.splice(at, 1);
        if (held === undefined || held.owner.dead) continue;
        lastAt = timeline.now();
        held.resume();
        return true;
      }
      return false;
    },
    waiting(owner) {
      const counts = (held: Held) => !held.owner.dead && (owner === undefined || held.owner === owner);
      for (const held of delayed) if (held.owner.dead) delayed.delete(held);
      return ready.filter(counts).length + [...delayed].filter(counts).length;
    },
  };
}
