import { createBell } from "../../../src/events/bell.ts";
import type { EventLog } from "../../../src/events/log.ts";

/** What the log holds, counted as it comes. */
export interface Census {
  /** Newest sequence of each match. */
  readonly versions: ReadonlyMap<string, number>;
  readonly counts: ReadonlyMap<string, number>;
  /** Resolves once so many matches have a fact of that type. Rejects with the signal's reason. */
  until(type: string, matches: number): Promise<void>;
  end(): Promise<void>;
}

export function takeCensus(log: EventLog, signal: AbortSignal): Census {
  const versions = new Map<string, number>();
  const counts = new Map<string, number>();
  const matches = new Map<string, Set<string>>();
  const news = createBell();
  const ending = new AbortController();
  const stop = AbortSignal.any([signal, ending.signal]);
  signal.addEventListener("abort", news.ring, { once: true });
  let broken: unknown = null;

  const following = (async () => {
    for await (const batch of log.follow(0, stop)) {
      for (const { entity, event, sequence } of batch) {
        if (entity?.root !== "match" || event === null) continue;
        versions.set(entity.id, sequence);
        counts.set(event.type, (counts.get(event.type) ?? 0) + 1);
        const known = matches.get(event.type);
        if (known === undefined) matches.set(event.type, new Set([entity.id]));
        else known.add(entity.id);
      }
      news.ring();
    }
  })().catch((error: unknown) => {
    broken = error;
    news.ring();
  });

  return {
    versions,
    counts,
    async until(type, wanted) {
      while ((matches.get(type)?.size ?? 0) < wanted) {
        signal.throwIfAborted();
        if (broken !== null) throw broken;
        await news.heard();
      }
    },
    async end() {
      ending.abort();
      await following;
      signal.removeEventListener("abort", news.ring);
    },
  };
}
