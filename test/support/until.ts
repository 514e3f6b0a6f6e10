import { pause, wallClock } from "../../src/clock.ts";

const lookEveryMs = 20;

/** For what another process does and cannot signal, such as a file it writes: looks until there is an answer. */
export async function until<T>(look: () => T | null | Promise<T | null>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    signal?.throwIfAborted();
    await pause(wallClock, lookEveryMs, signal);
  }
}
