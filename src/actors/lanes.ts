/** Rooms for calls that go to one place: only so many at a time, live ones before those in hindsight, else as they came. */
export interface Lanes {
  /** Runs `call` once its lane has room. While it waits, it rejects with the signal's reason when that aborts. */
  run<T>(lane: string, live: boolean, signal: AbortSignal, call: () => Promise<T>): Promise<T>;
}

interface Lane {
  free: number;
  live: Set<() => void>;
  retro: Set<() => void>;
}

export function createLanes(sizes: ReadonlyMap<string, number>): Lanes {
  const lanes = new Map<string, Lane>();

  function laneOf(name: string): Lane {
    let lane = lanes.get(name);
    if (lane === undefined) {
      const free = sizes.get(name);
      if (free === undefined) throw new Error(`there is no lane ${name}`);
      lanes.set(name, (lane = { free, live: new Set(), retro: new Set() }));
    }
    return lane;
  }

  function turn(lane: Lane, live: boolean, signal: AbortSignal): Promise<void> {
    if (lane.free > 0) {
      lane.free--;
      return Promise.resolve();
    }
    const queue = live ? lane.live : lane.retro;
    return new Promise((resolve, reject) => {
      const stop = () => {
        queue.delete(go);
        reject(signal.reason as Error);
      };
      const go = () => {
        signal.removeEventListener("abort", stop);
        resolve();
      };
      signal.addEventListener("abort", stop, { once: true });
      queue.add(go);
    });
  }

  function leave(lane: Lane): void {
    for (const queue of [lane.live, lane.retro]) {
      for (const next of queue) {
        queue.delete(next);
        return next();
      }
    }
    lane.free++;
  }

  return {
    async run(name, live, signal, call) {
      const lane = laneOf(name);
      signal.throwIfAborted();
      await turn(lane, live, signal);
      try {
        return await call();
      } finally {
        leave(lane);
      }
    },
  };
}
