import type { Clock, Timer } from "../../src/clock.ts";

/** Whose timers and operations these are: of a node that died, none ever happens. */
export interface Owner {
  readonly name: string;
  dead: boolean;
  /** It died, and what it had in hand with it. */
  crashed: boolean;
}

/** The world's time. Nothing happens by itself: whoever drives the run fires timers one by one. */
export interface Timeline {
  now(): number;
  clockOf(owner: Owner): Clock;
  /** When the earliest timer is to fire; null when there is none. May lie in the past after a leap. */
  nextAt(): number | null;
  /** Fires the earliest timer, at its instant or, when that has passed, now. */
  fireNext(): void;
  /** Moves to `at` as a machine that was suspended would: what should have fired until then fires late, once. */
  leapTo(at: number): void;
}

interface Entry {
  at: number;
  /** Timers of one instant fire in the order they were set. */
  order: number;
  owner: Owner;
  run: (() => void) | null;
}

/**
 * The waits of those who only look in every second (the dispatcher, the read model's watch over its files, a writer that was
 * refused). Time does not stop for them: they come with the next timer that somebody is waiting for, seconds later at most.
 */
const idleWaitMs = 1000;

export function createTimeline(start: number): Timeline {
  const heap: Entry[] = [];
  const idle: Entry[] = [];
  let now = start;
  let order = 0;

  function topOf(timers: Entry[]): Entry | undefined {
    for (let top = timers[0]; top !== undefined && (top.run === null || top.owner.dead); top = timers[0]) pop(timers);
    return timers[0];
  }

  /** An idler has its turn once time has passed it by. */
  function next(): { timers: Entry[]; entry: Entry } | undefined {
    const [awaited, idler] = [topOf(heap), topOf(idle)];
    if (idler !== undefined && (awaited === undefined || idler.at <= now)) return { timers: idle, entry: idler };
    return awaited === undefined ? undefined : { timers: heap, entry: awaited };
  }

  function after(owner: Owner, ms: number, run: () => void): Timer {
    const entry: Entry = { at: now + Math.max(0, ms), order: order++, owner, run };
    push(ms === idleWaitMs ? idle : heap, entry);
    return {
      cancel() {
        entry.run = null;
      },
    };
  }

  return {
    now: () => now,
    clockOf: (owner) => ({
      kind: "wall",
      now: () => Math.floor(now),
      elapsed: () => now - start,
      after: (ms, run) => after(owner, ms, run),
    }),
    nextAt: () => next()?.entry.at ?? null,
    fireNext() {
      const first = next();
      if (first === undefined) throw new Error("no timer is set");
      pop(first.timers);
      now = Math.max(now, first.entry.at);
      first.entry.run?.();
    },
    leapTo(at) {
      if (!(at >= now)) throw new Error(`time cannot go back from ${now} to ${at}`);
      now = at;
    },
  };
}

function before(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

function push(heap: Entry[], entry: Entry): void {
  let at = heap.length;
  heap.push(entry);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!before(entry, heap[parent] as Entry)) break;
    heap[at] = heap[parent] as Entry;
    at = parent;
  }
  heap[at] = entry;
}

function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && before(heap[child + 1] as Entry, heap[child] as Entry)) child++;
    if (!before(heap[child] as Entry, last)) break;
    heap[at] = heap[child] as Entry;
    at = child;
  }
  heap[at] = last;
}
