import type { Msg } from "nats";
import { ulid } from "ulid";
import { createBell } from "../bell.ts";
import { decode, type StoredMessage } from "../envelope.ts";
import { ApiError } from "../errors.ts";
import type { LogMessage } from "../log.ts";
import { streamName } from "../provision.ts";
import { code } from "./api.ts";
import type { Link } from "./link.ts";
import { deliveryInfo, openPull, type Pull } from "./pull.ts";
import { unlessAborted } from "../until.ts";

const yieldMax = 1000;
/** Asked for ahead: enough to keep the socket busy while a batch is folded (measured best between 5,000 and 10,000). */
const askAhead = 8000;
const inactiveMs = 30_000;

/** The log in order, for ever. */
export async function* follow(link: Link, after: number, signal: AbortSignal): AsyncGenerator<LogMessage[]> {
  for await (const batch of followStored(link, after, signal)) yield batch.map(decode);
}

/**
 * The same before anyone has read a body. Each run is an ephemeral consumer; whatever breaks it (a lost server, a hole in the
 * consumer's count), the next one begins behind the last message that was received.
 */
async function* followStored(link: Link, after: number, signal: AbortSignal): AsyncGenerator<StoredMessage[]> {
  const bell = createBell();
  const stop = AbortSignal.any([signal, link.ended]);
  stop.addEventListener("abort", bell.ring, { once: true });
  let received = after;
  let buffer: StoredMessage[] = [];
  let pull: Pull | null = null;
  let consumer: string | null = null;
  try {
    for (let attempt = 0; !stop.aborted; ) {
      if (pull === null && buffer.length === 0) {
        // Both wait out an absent server, which must not outlive the caller's interest.
        if (attempt > 0) await unlessAborted(stop, link.retry(attempt));
        consumer = await unlessAborted(stop, beginAt(link, received + 1));
        if (consumer === null) break;
        attempt++;
        let expected = 1;
        const handlers = {
          message(message: Msg) {
            const info = deliveryInfo(message);
            if (info.consumerSequence !== expected++) return handlers.broken();
            received = info.sequence;
            attempt = 0;
            buffer.push({
              sequence: info.sequence,
              subject: message.subject,
              body: message.data,
              storedAt: info.storedAt,
            });
            // Nobody waits where there is something already.
            if (buffer.length === 1) bell.ring();
          },
          idle: bell.ring,
          broken() {
            pull?.stop();
            pull = null;
            bell.ring();
          },
        };
        pull = openPull(link, consumer, handlers);
      }
      const room = askAhead - buffer.length - (pull?.outstanding ?? askAhead);
      if (room >= askAhead / 2) pull?.ask(room);
      if (buffer.length > 0) {
        const batch = buffer.length <= yieldMax ? buffer : buffer.slice(0, yieldMax);
        buffer = buffer.length <= yieldMax ? [] : buffer.slice(yieldMax);
        yield batch;
      } else if (pull !== null) {
        await bell.heard();
      }
    }
  } finally {
    stop.removeEventListener("abort", bell.ring);
    pull?.stop();
    if (consumer !== null && link.connected()) link.nc.publish(`$JS.API.CONSUMER.DELETE.${streamName}.${consumer}`);
  }
  if (!signal.aborted && link.ended.aborted) throw link.ended.reason;
}

/** Makes an ephemeral consumer that begins at a sequence; its name. */
async function beginAt(link: Link, sequence: number): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    const name = `follow-${ulid()}`;
    const config = {
      name,
      deliver_policy: "by_start_sequence",
      opt_start_seq: sequence,
      ack_policy: "none",
      max_deliver: 1,
      mem_storage: true,
      num_replicas: 1,
      inactive_threshold: inactiveMs * 1_000_000,
    };
    try {
      await link.api(`CONSUMER.CREATE.${streamName}.${name}`, { stream_name: streamName, action: "create", config });
      // A stream deleted and made anew would take the same request, and never show its low sequences.
      await link.verify();
      return name;
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== code.streamNotFound) throw error;
      await link.retry(attempt + 1);
    }
  }
}
