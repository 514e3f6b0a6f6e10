import type { Msg } from "nats";
import { inboxOf } from "../connect.ts";
import { decode, type StoredMessage } from "../envelope.ts";
import { ApiError, NoAnswer } from "../errors.ts";
import type { Entity, LogMessage } from "../log.ts";
import { streamName } from "../provision.ts";
import { entityFilter } from "../subjects.ts";
import { code, type StoredJson } from "./api.ts";
import type { Link } from "./link.ts";

/**
 * All messages of one entity after a sequence, in a few direct batch reads. On a cluster a replica may answer
 * them that lags behind our own append, so the leader is asked for the newest sequence, and for what the replica missed.
 */
export async function readHistory(link: Link, entity: Entity, after: number): Promise<LogMessage[]> {
  const filter = entityFilter(entity);
  const newest = link.replicas > 1 ? leaderRead(link, { last_by_subj: filter }) : Promise.resolve(null);
  const found = await directRead(link, filter, after);
  const target = (await newest)?.sequence ?? 0;
  for (let last = found.at(-1)?.sequence ?? after; last < target; ) {
    const next = await leaderRead(link, { seq: last + 1, next_by_subj: filter });
    if (!next) break;
    found.push(next);
    last = next.sequence;
  }
  return found.map(decode);
}

/** One message from the stream's leader, null when there is none. */
export async function leaderRead(link: Link, query: object): Promise<StoredMessage | null> {
  try {
    const { message } = await link.api<StoredJson>(`STREAM.MSG.GET.${streamName}`, query);
    const body = message.data === undefined ? new Uint8Array() : new Uint8Array(Buffer.from(message.data, "base64"));
    return { sequence: message.seq, subject: message.subject, body, storedAt: Date.parse(message.time) };
  } catch (error) {
    if (error instanceof ApiError && error.code === code.messageNotFound) return null;
    throw error;
  }
}

const batchSize = 1000;
/** A batch of small messages takes milliseconds; silence this long means that it was lost. */
const silenceMs = 3000;

/**
 * The server knows where a subject's next message stands. That there is none after its last it finds out by reading all that was
 * stored since: seconds, in a log of millions that nobody has read lately. So it is asked for no more than there are, and how many
 * that is from the log's beginning, where it knows that without reading.
 */
async function directRead(link: Link, filter: string, after: number): Promise<StoredMessage[]> {
  const found: StoredMessage[] = [];
  const count = await answered(link, () => directBatch(link, filter, 1, 1, () => {}));
  let left = count.found + count.pending;
  let last = 0;
  const take = (message: StoredMessage) => {
    if (message.sequence > after) found.push(message);
    last = message.sequence;
    left--;
  };
  while (left > 0) {
    const batch = await answered(link, () => directBatch(link, filter, last + 1, Math.min(batchSize, left), take));
    // A replica that knows of fewer than the one that counted; what it lacks is its leader's to say.
    if (batch.found === 0) break;
  }
  return found;
}

/** Asks until there is an answer; what has come of a lost one stays taken. */
async function answered(link: Link, ask: () => Promise<DirectBatch>): Promise<DirectBatch> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      await link.retry(attempt);
    }
  }
}

interface DirectBatch {
  found: number;
  /** Messages behind them. */
  pending: number;
}

/** Reads the first `count` messages from a sequence on, or as many as there are. */
async function directBatch(
  link: Link,
  filter: string,
  from: number,
  count: number,
  take: (message: StoredMessage) => void,
): Promise<DirectBatch> {
  await link.retry(0);
  return new Promise((resolve, reject) => {
    const inbox = inboxOf(link.nc);
    let previous: number | null = null;
    let found = 0;
    const subscription = link.nc.subscribe(inbox, {
      callback(error, message) {
        if (error) return stop(() => reject(new NoAnswer("DIRECT.GET", { cause: error })));
        restartTimer();
        const status = message.headers?.code ?? 0;
        if (status === 404) return stop(() => resolve({ found, pending: 0 }));
        const pending = Number(message.headers?.get("Nats-Num-Pending"));
        if (status === 204) return stop(() => resolve({ found, pending }));
        if (status !== 0) return stop(() => reject(new NoAnswer(`DIRECT.GET (${message.headers?.status})`)));
        const stored = fromDirect(message);
        // Each message names the one before it: one lost on the way must not look like one that never was.
        const before = Number(message.headers?.get("Nats-Last-Sequence"));
        if (previous !== null && before !== previous)
          return stop(() => reject(new NoAnswer("DIRECT.GET: a message is missing")));
        previous = stored.sequence;
        found++;
        take(stored);
        if (found === count) stop(() => resolve({ found, pending }));
      },
    });
    const stop = (settle: () => void) => {
      timer.cancel();
      stopLost();
      link.ended.removeEventListener("abort", onEnd);
      subscription.unsubscribe();
      settle();
    };
    const lost = () => stop(() => reject(new NoAnswer("DIRECT.GET")));
    const onEnd = () => stop(() => reject(link.ended.reason as Error));
    let timer = link.clock.after(silenceMs, lost);
    const restartTimer = () => {
      timer.cancel();
      timer = link.clock.after(silenceMs, lost);
    };
    const stopLost = link.onLost(lost);
    link.ended.addEventListener("abort", onEnd, { once: true });
    link.nc.publish(
      `$JS.API.DIRECT.GET.${streamName}`,
      JSON.stringify({ seq: from, batch: count, next_by_subj: filter }),
      { reply: inbox },
    );
  });
}

function fromDirect(message: Msg): StoredMessage {
  const head = message.headers;
  return {
    sequence: Number(head?.last("Nats-Sequence")),
    subject: head?.last("Nats-Subject") ?? "",
    body: message.data,
    storedAt: Date.parse(head?.last("Nats-Time-Stamp") ?? ""),
  };
}
