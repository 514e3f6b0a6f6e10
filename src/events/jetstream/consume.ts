import type { Msg } from "nats";
import { pause } from "../../clock.ts";
import { createBell } from "../bell.ts";
import { decode } from "../envelope.ts";
import { ApiError } from "../errors.ts";
import type { ConsumeOptions, Delivery } from "../log.ts";
import { consumerConfig, type Durable, isDurable, streamName } from "../provision.ts";
import { type Acknowledge, groupAcknowledgement, type Hold, type Made } from "./acknowledge.ts";
import { code, type ConsumerInfo } from "./api.ts";
import type { Link } from "./link.ts";
import { deliveryInfo, openPull, type Pull } from "./pull.ts";
import { unlessAborted } from "../until.ts";

/** The oldest sequence a vanished consumer must deliver again. Its actor drops what was answered since. */
export type StartOf = (durable: Durable) => Promise<number>;

/**
 * Deliveries of a durable consumer. `held` bounds what was received and not answered, buffered deliveries included.
 *
 * A killed server forgets its last deliveries and makes them again at once. One that this call still holds and
 * has kept alive is not handed out twice: the work goes on and is acknowledged under the new reply.
 */
export async function* consume(link: Link, options: ConsumeOptions, startOf: StartOf): AsyncGenerator<Delivery> {
  const { durable, held: heldMax, signal } = options;
  if (!isDurable(durable)) throw new Error(`no durable consumer ${JSON.stringify(durable)} in provision.ts`);
  if (!Number.isSafeInteger(heldMax) || heldMax < 1) throw new Error(`held is ${heldMax}, must be 1 or more`);
  const bell = createBell();
  const stop = AbortSignal.any([signal, link.ended]);
  stop.addEventListener("abort", bell.ring, { once: true });
  const buffer: Delivery[] = [];
  const holds = new Map<number, Hold>();
  const acknowledge = groupAcknowledgement(
    link,
    async ({ made: { created } }) => (await findConsumer(link, durable))?.created !== created,
  );
  let held = 0;
  let pull: Pull | null = null;
  /** Pulls opened since one of them delivered. */
  let attempt = 0;
  let made: Made = { created: "", ackWaitMs: 0 };

  const handlers = {
    message(message: Msg) {
      attempt = 0;
      const info = deliveryInfo(message);
      const reply = message.reply ?? "";
      const known = holds.get(info.sequence);
      // Work is kept alive every third of the ack wait. What was silent for all of it may seem younger here, where it came later
      // than it was sent: half is far from both.
      if (known && link.clock.elapsed() - known.aliveAt < known.made.ackWaitMs / 2) {
        Object.assign(known, { reply, made });
        known.renewed.ring();
        link.nc.publish(reply, "+WPI");
        return bell.ring();
      }
      const hold: Hold = {
        reply,
        made,
        aliveAt: link.clock.elapsed(),
        renewed: createBell(),
        free: once(() => {
          held--;
          bell.ring();
        }),
        forget() {
          hold.free();
          if (holds.get(info.sequence) === hold) holds.delete(info.sequence);
        },
      };
      const stored = { sequence: info.sequence, subject: message.subject, body: message.data, storedAt: info.storedAt };
      held++;
      holds.set(info.sequence, hold);
      buffer.push({ message: decode(stored), deliveries: info.deliveries, ...answers(link, hold, acknowledge) });
      bell.ring();
    },
    idle: bell.ring,
    broken() {
      pull = null;
      bell.ring();
    },
  };

  try {
    while (!stop.aborted) {
      if (pull === null) {
        if (attempt > 0) await unlessAborted(stop, link.retry(attempt));
        attempt++;
        const found = await unlessAborted(stop, ensure(link, durable, startOf));
        if (found === null) break;
        made = found;
        pull = openPull(link, durable, handlers);
      }
      const room = heldMax - held - (pull?.outstanding ?? 0);
      // Small pulls are round trips: ask again once half of what we may hold is free, or when nothing is asked for.
      if (room > 0 && (room >= heldMax / 2 || pull?.outstanding === 0)) pull?.ask(room);
      const next = buffer.shift();
      if (next) yield next;
      else if (pull !== null) await bell.heard();
    }
  } finally {
    stop.removeEventListener("abort", bell.ring);
    pull?.stop();
    // What nobody has seen goes to another node now, not after the ack wait.
    for (const delivery of buffer) delivery.release();
  }
  if (!signal.aborted && link.ended.aborted) throw link.ended.reason;
}

function answers(link: Link, hold: Hold, acknowledge: Acknowledge): Omit<Delivery, "message" | "deliveries"> {
  let answered: Promise<void> | null = null;
  return {
    ack() {
      answered ??= acknowledge(hold).finally(hold.forget);
      return answered;
    },
    working() {
      if (answered !== null || link.ended.aborted) return;
      hold.aliveAt = link.clock.elapsed();
      link.nc.publish(hold.reply, "+WPI");
    },
    release() {
      if (answered !== null) return;
      answered = Promise.resolve();
      if (!link.ended.aborted) link.nc.publish(hold.reply, "-NAK");
      hold.forget();
    },
  };
}

/** The consumer, which is made anew when somebody removed it. */
async function ensure(link: Link, durable: Durable, startOf: StartOf): Promise<Made> {
  for (let attempt = 0; ; attempt++) {
    const found = await findConsumer(link, durable);
    if (found) return asMade(found);
    await link.verify();
    // The server takes the removed one's folder away after it has said so: made at once, the new one would begin in it.
    if (attempt === 0) await pause(link.clock, removedPauseMs, link.ended);
    const base = consumerConfig(durable);
    const start = base.deliver_policy === "new" ? 1 : await startOf(durable);
    const config = start <= 1 ? base : { ...base, deliver_policy: "by_start_sequence", opt_start_seq: start };
    try {
      const request = { stream_name: streamName, action: "create", config };
      return asMade(await link.api<ConsumerInfo>(`CONSUMER.CREATE.${streamName}.${durable}`, request));
    } catch (error) {
      // Another node was quicker with another start, or the stream is away as well.
      if (!(error instanceof ApiError) || !isPassingCreation(error, attempt)) throw error;
      await link.retry(attempt + 1);
    }
  }
}

function isPassingCreation({ code: found }: ApiError, attempt: number): boolean {
  if (found === code.consumerExists || found === code.streamNotFound) return true;
  return found === code.consumerNotMade && attempt < creationsMax;
}

const removedPauseMs = 80;

/** A folder in the way goes; a configuration that the server does not take stays one. */
const creationsMax = 3;

function once(run: () => void): () => void {
  let ran = false;
  return () => {
    if (!ran) run();
    ran = true;
  };
}

function asMade({ created, config }: ConsumerInfo): Made {
  return { created, ackWaitMs: Number(config.ack_wait) / 1_000_000 };
}

async function findConsumer(link: Link, durable: Durable): Promise<ConsumerInfo | null> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await link.api<ConsumerInfo>(`CONSUMER.INFO.${streamName}.${durable}`, null);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === code.consumerNotFound) return null;
      if (error.code !== code.streamNotFound) throw error;
      await link.retry(attempt);
    }
  }
}
