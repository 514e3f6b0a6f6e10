import { readdirSync } from "node:fs";
import { pause, wallClock } from "../../../src/clock.ts";

/** Open file descriptors of a process: files, sockets, pipes; null where there is no /proc. */
export function openFiles(pid: number): number | null {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return null;
  }
}

/** Looks at a process that may end at any time: what `look` last told of it. */
export function watchProcess<T>(pid: number, look: (pid: number) => T | null, everyMs = 200): { stop(): T | null } {
  const end = new AbortController();
  let seen: T | null = null;
  const watching = watch();
  watching.catch(() => {});

  async function watch(): Promise<void> {
    while (!end.signal.aborted) {
      seen = look(pid) ?? seen;
      await pause(wallClock, everyMs, end.signal);
    }
  }

  return {
    stop() {
      end.abort();
      return seen;
    },
  };
}
