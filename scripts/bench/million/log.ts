import { monotonicFactory } from "ulid";
import type { EventLog } from "../../../src/events/log.ts";
import type { NewEvent } from "../../../src/match/event.ts";
import { openLog } from "../../../src/open-log.ts";
import type { BenchContext } from "../bench.ts";
import { startBenchServer } from "../embedded.ts";
import { madeOnce } from "../made-once.ts";
import { factsOfAMatch, Life } from "../rebuild/life.ts";
import { settleConsumers } from "./settled-consumers.ts";

/** Raise it when a life or the order of lives changes: a log of the old kind is made anew. */
const logVersion = 2;

const shape = { models: 3, teams: 0, form: 3 };
/** Messages of a match in the mean: every other one is history, of which a log holds the fixture and the result alone. */
export const messagesOfAMatch = (factsOfAMatch + 2) / 2;

/** A data directory whose log holds whole lives of so many matches; made once, through the product's own log, then found in the cache. */
export function logOf(matches: number, context: BenchContext): Promise<string> {
  return madeOnce(context, {
    name: `bench-million-v${logVersion}-${matches}`,
    what: `a log of ${matches} matches`,
    async fill(dir) {
      const { server } = await startBenchServer(context, dir);
      try {
        const log = await openLog(server.url, { natsCreds: null, replicas: 1 });
        await fill(log, matches, context);
        await log.close();
        await settleConsumers(server.url);
      } finally {
        await server.stop();
      }
    },
  });
}

/** Matches whose lives are told side by side: about as many as are open at a time. */
const abreast = 5000;
/** Where each part of a life begins: what happens about then is told of all that are abreast, then the next part. */
const parts = [0, 1, 6, 7, factsOfAMatch];

async function fill(log: EventLog, matches: number, { signal, say }: BenchContext): Promise<void> {
  const newId = monotonicFactory();
  let sequence = 0;
  for (let first = 0; first < matches; first += abreast) {
    const count = Math.min(abreast, matches - first);
    const numbers = Array.from({ length: count }, (_, i) => first + i);
    const lives = numbers.filter((it) => it % 2 === 0).map((it) => ({ life: lifeOf(it, matches), version: 0 }));
    for (const [part, from] of parts.slice(0, -1).entries()) {
      signal.throwIfAborted();
      const told = lives.map(async (it) => {
        const { life } = it;
        const facts = Array.from({ length: (parts[part + 1] ?? 0) - from }, () =>
          life.next(newId(life.nextAt), ++sequence),
        );
        it.version = await append(log, life.id, it.version, facts, sequence);
      });
      await Promise.all(told);
    }
    await Promise.all(
      numbers
        .filter((it) => it % 2 === 1)
        .map((it) => {
          const life = lifeOf(it, matches);
          const facts = historyOf(life, newId);
          sequence += facts.length;
          return append(log, life.id, 0, facts, sequence);
        }),
    );
    if ((first / abreast) % 10 === 9) say(`${first + count} of ${matches} matches`);
  }
}

/** The last writer of a settlement names its answers by sequence, which must be known before they are stored: we write alone and in order. */
async function append(
  log: EventLog,
  id: string,
  version: number,
  facts: NewEvent[],
  expected: number,
): Promise<number> {
  const written = await log.append({ root: "match", id }, version, facts);
  if (written.outcome !== "appended" || written.sequence !== expected)
    throw new Error(`${id} came to ${JSON.stringify(written)}, not to ${expected}`);
  return written.sequence;
}

const dayMs = 86_400_000;
const firstKickoff = Date.UTC(2000, 7, 1);
/** They end years ago, however many: what a node is to do now must not depend on when the log was made. */
const spanMs = 20 * 365 * dayMs;

function lifeOf(number: number, matches: number): Life {
  const kickoff = firstKickoff + Math.floor(((number / matches) * spanMs) / 600_000) * 600_000;
  return new Life(number, kickoff, kickoff - 7 * dayMs, shape);
}

/** As an import of a finished season tells it. */
function historyOf(life: Life, newId: (time: number) => string): NewEvent[] {
  const time = life.kickoff + 30 * dayMs;
  const at = new Date(time).toISOString();
  const told = life.next(newId(time), 1);
  if (told.type !== "match.scheduled") throw new Error(`a life begins with ${told.type}`);
  const scheduled: NewEvent<"match.scheduled"> = {
    ...told,
    time,
    data: { ...told.data, purpose: "history", status: "finished", observedAt: at },
  };
  const regular = { home: 2, away: 1 };
  const finished: NewEvent<"match.finished"> = {
    ...scheduled,
    id: newId(time),
    type: "match.finished",
    causationId: scheduled.id,
    data: { revision: 1, observedAt: at, score: { regular, extraTime: null, shootOut: null }, how: "regular" },
  };
  return [scheduled, finished];
}
