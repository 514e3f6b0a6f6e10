import { wallClock } from "../../../src/clock.ts";
import { createStore } from "../../../src/events/jetstream/store.ts";
import { openLink } from "../../../src/events/jetstream/link.ts";
import { batchMessagesMax } from "../../../src/events/append.ts";
import { provision } from "../../../src/events/provision.ts";
import { connectTo } from "../../../src/open-log.ts";
import type { Figures } from "../bench.ts";
import { matchId } from "../canned-source.ts";
import { measureLoad } from "../load.ts";
import { startServer } from "../server.ts";
import type { MatchLife } from "./fulltime.ts";

export interface FloorOptions {
  dir: string;
  cacheDir: string;
  matches: number;
  life: MatchLife;
  signal: AbortSignal;
}

/**
 * The least that writing this log can cost: the messages of one match's life, for every match, in full atomic batches with the
 * same expectations, on the same server, by a client that does nothing else. The batches wait for each other, as group commits do.
 */
export async function runFloor({ dir, cacheDir, matches, life, signal }: FloorOptions): Promise<Figures> {
  const server = await startServer(dir, true, cacheDir);
  try {
    const nc = await connectTo(server.url, null);
    try {
      await provision(nc, { replicas: 1 });
      const link = await openLink(nc, wallClock, 5000);
      const store = createStore(link);
      const versions = new Map<string, number>();
      const end = measureLoad(server.pid);
      for (const message of life) {
        for (let first = 0; first < matches; first += batchMessagesMax) {
          signal.throwIfAborted();
          const ids = Array.from({ length: Math.min(batchMessagesMax, matches - first) }, (_, i) => matchId(first + i));
          const outcome = await store.store(
            ids.map((id) => ({
              entity: { root: "match", id },
              version: versions.get(id) ?? 0,
              eventIds: [],
              uncertain: false,
              messages: [{ subject: message.subject.replace(matchId(0), id), body: message.body }],
              bytes: message.body.length,
            })),
          );
          if (outcome.kind !== "stored") throw new Error(`a bare batch was not stored: ${outcome.kind}`);
          for (const [i, id] of ids.entries()) versions.set(id, outcome.last - ids.length + 1 + i);
        }
      }
      const { seconds, load } = end();
      link.close();
      return { matchesPerSecond: matches / seconds, eventsPerSecond: (matches * life.length) / seconds, ...load };
    } finally {
      await nc.close();
    }
  } finally {
    await server.stop();
  }
}
