import { headers, type NatsConnection } from "nats";
import { decodeTime, monotonicFactory } from "ulid";
import { encode } from "../../../src/events/envelope.ts";
import { connectNats } from "../../../src/events/connect.ts";
import { provision } from "../../../src/events/provision.ts";
import { subjectOf } from "../../../src/events/subjects.ts";
import type { BenchContext } from "../bench.ts";
import { startBenchServer } from "../embedded.ts";
import { madeOnce } from "../made-once.ts";
import { factsOfAMatch, Life, type Shape } from "./life.ts";

/** Raise it when a life or the order of lives changes: a stream of the old kind is made anew. */
const streamVersion = 1;

/** A data directory whose log holds `size` events of matches of this shape; made once, then found in the cache. */
export function streamOf(shape: Shape, context: BenchContext): Promise<string> {
  const { size } = context;
  return madeOnce(context, {
    name: `bench-log-v${streamVersion}-${size}-m${shape.models}-t${shape.teams}-f${shape.form}`,
    what: `a stream of ${size} events`,
    fill: (dir) => fill(dir, shape, context),
  });
}

async function fill(dataDir: string, shape: Shape, context: BenchContext): Promise<void> {
  const { server } = await startBenchServer(context, dataDir);
  try {
    const nc = await connectNats({ url: server.url });
    await provision(nc, { replicas: 1 });
    await publishAll(nc, lives(context.size, shape), context);
    await nc.close();
  } finally {
    await server.stop();
  }
}

interface Message {
  subject: string;
  body: Uint8Array;
}

/** The server takes no more in an atomic batch. */
const batchMax = 1000;
/** Batches on their way at a time. */
const inFlightMax = 4;

async function publishAll(nc: NatsConnection, messages: Iterable<Message>, { size, signal, say }: BenchContext) {
  const inFlight: Promise<void>[] = [];
  let batch: Message[] = [];
  let sent = 0;
  const send = async () => {
    sent += batch.length;
    if (inFlight.length >= inFlightMax) await inFlight.shift();
    inFlight.push(publishBatch(nc, `${sent}`, batch));
    batch = [];
    signal.throwIfAborted();
    if (sent % 200_000 === 0) say(`${sent} of ${size}`);
  };
  for (const message of messages) {
    batch.push(message);
    if (batch.length === batchMax) await send();
  }
  if (batch.length > 0) await send();
  await Promise.all(inFlight);
}

/** Batches commit in the order of their last messages, which the connection keeps. */
async function publishBatch(nc: NatsConnection, id: string, batch: readonly Message[]): Promise<void> {
  for (const [i, { subject, body }] of batch.entries()) {
    const head = headers();
    head.append("Nats-Batch-Id", id);
    head.append("Nats-Batch-Sequence", String(i + 1));
    if (i + 1 < batch.length) {
      nc.publish(subject, body, { headers: head });
      continue;
    }
    head.append("Nats-Batch-Commit", "1");
    const answer = (await nc.request(subject, body, { headers: head, timeout: 60_000 })).json<{ error?: object }>();
    if (answer.error !== undefined) throw new Error(`a batch was refused: ${JSON.stringify(answer.error)}`);
  }
}

/** Matches of a season: 20 competitions of 380. They are all told of at its start, as fixture lists are. */
const seasonMatches = 7600;
const seasonMs = 280 * 86_400_000;
const firstSeason = Date.UTC(1990, 7, 1);

/** Whole lives, season after season, in the order of time; the last ones may be cut short. */
function* lives(size: number, shape: Shape): Iterable<Message> {
  const nextId = idsInOrder();
  let sequence = 0;
  for (let first = 0; ; first += seasonMatches) {
    const began = firstSeason + (first / seasonMatches) * 365 * 86_400_000;
    const season = Array.from({ length: seasonMatches }, (_, i) => {
      const kickoff = began + 7 * 86_400_000 + Math.floor((i * seasonMs) / seasonMatches / 600_000) * 600_000;
      return new Life(first + i, kickoff, began, shape);
    });
    for (const life of inTime(season)) {
      if (sequence >= size) return;
      const event = life.next(nextId(life.nextAt), ++sequence);
      const entity = { root: "match", id: life.id } as const;
      yield { subject: subjectOf(entity, event.type), body: encode(entity, event) };
    }
  }
}

/** Each life as often as it has facts, by when they happen. */
function inTime(season: readonly Life[]): Life[] {
  const turns = season.flatMap((life) =>
    Array.from({ length: factsOfAMatch }, (_, fact) => ({ life, at: life.timeOf(fact) })),
  );
  return turns.sort((a, b) => a.at - b.at).map(({ life }) => life);
}

/** ULIDs of a made-up clock, the same in every run. */
function idsInOrder(): (time: number) => string {
  let state = 1;
  const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const next = monotonicFactory(random);
  let newest = 0;
  return (time) => {
    newest = Math.max(newest, time);
    const id = next(newest);
    newest = Math.max(newest, decodeTime(id));
    return id;
  };
}
