import type { Msg } from "nats";
import { inboxOf } from "../connect.ts";
import { streamName } from "../provision.ts";
import type { Link } from "./link.ts";

/** Why a pull ended: its consumer is not there, or the server or the connection went away. */
export type Break = "gone" | "lost";

/**
 * Pull requests on one consumer, until something breaks. The client's `consume()` notices a dead server after two missed
 * heartbeats of 15 s and a deleted consumer not at all; here the owner hears of either at once and opens another pull.
 */
export interface Pull {
  /** Messages asked for and neither delivered nor given up by the server. */
  readonly outstanding: number;
  ask(count: number): void;
  stop(): void;
}

export interface PullHandlers {
  message(message: Msg): void;
  /** The server gave up some of what was asked for: ask again. */
  idle(): void;
  broken(cause: Break): void;
}

/** The server ends a pull request after this; another follows at once. */
const expiresMs = 30_000;
const heartbeatMs = 1000;
const silenceMaxMs = 2500;

export function openPull(link: Link, consumer: string, handlers: PullHandlers): Pull {
  const inbox = inboxOf(link.nc);
  const subject = `$JS.API.CONSUMER.MSG.NEXT.${streamName}.${consumer}`;
  let outstanding = 0;
  let open = true;
  let heardAt = link.clock.elapsed();

  const subscription = link.nc.subscribe(inbox, {
    callback(error, message) {
      if (!open) return;
      heardAt = link.clock.elapsed();
      if (error) return end("lost");
      // Deliveries keep their stream subject; what comes to the inbox itself is word from the server.
      if (message.subject !== inbox) {
        if (outstanding > 0) outstanding--;
        return handlers.message(message);
      }
      status(message);
    },
  });

  function status(message: Msg): void {
    const number = message.headers?.code ?? 0;
    const text = message.headers?.description.toLowerCase() ?? "";
    if (number === 100) return;
    if (number === 503 || text.includes("consumer deleted") || text.includes("stream deleted")) return end("gone");
    if (number === 404 || number === 408 || text.includes("batch completed")) {
      outstanding = Math.max(0, outstanding - Number(message.headers?.get("Nats-Pending-Messages") || outstanding));
      return handlers.idle();
    }
    end("lost");
  }

  function end(cause: Break): void {
    if (!open) return;
    stop();
    handlers.broken(cause);
  }

  function stop(): void {
    open = false;
    watch.cancel();
    stopLost();
    // The server forgets pull requests whose inbox nobody listens to.
    subscription.unsubscribe();
  }

  function listen(): void {
    if (!open) return;
    if (outstanding > 0 && link.clock.elapsed() - heardAt > silenceMaxMs) return end("lost");
    watch = link.clock.after(heartbeatMs, listen);
  }

  let watch = link.clock.after(heartbeatMs, listen);
  const stopLost = link.onLost(() => end("lost"));

  return {
    get outstanding() {
      return outstanding;
    },
    ask(count) {
      if (!open) return;
      if (outstanding === 0) heardAt = link.clock.elapsed();
      outstanding += count;
      const request = { batch: count, expires: expiresMs * 1_000_000, idle_heartbeat: heartbeatMs * 1_000_000 };
      link.nc.publish(subject, JSON.stringify(request), { reply: inbox });
    },
    stop,
  };
}

/** What the reply subject of a delivery tells. */
export interface DeliveryInfo {
  deliveries: number;
  sequence: number;
  /** Counts the consumer's deliveries, without a hole. */
  consumerSequence: number;
  storedAt: number;
}

/** `$JS.ACK.[<domain>.<account>.]<stream>.<consumer>.<deliveries>.<sequence>.<consumer sequence>.<nanoseconds>.<pending>[.<random>]` */
export function deliveryInfo({ reply = "" }: Pick<Msg, "reply">): DeliveryInfo {
  // Read by hand: a replay reads one for every message of the log, and splitting costs as much as the message's own parsing.
  let dots = 0;
  for (let i = 0; i < reply.length; i++) if (reply.charCodeAt(i) === dot) dots++;
  let at = 0;
  for (let skip = dots === 8 ? 4 : 6; skip > 0; skip--) at = reply.indexOf(".", at) + 1;
  const deliveries = wholeAt(reply, at);
  const sequence = wholeAt(reply, (at = reply.indexOf(".", at) + 1));
  const consumerSequence = wholeAt(reply, (at = reply.indexOf(".", at) + 1));
  at = reply.indexOf(".", at) + 1;
  // Without its last six digits, since no double holds the nanoseconds of today.
  const storedAt = wholeAt(reply, at, reply.indexOf(".", at) - 6);
  return { deliveries, sequence, consumerSequence, storedAt };
}

const [dot, zero] = [".".charCodeAt(0), "0".charCodeAt(0)] as const;

/** The digits from here to the next dot. */
function wholeAt(text: string, from: number, to = text.length): number {
  let value = 0;
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - zero;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  return value;
}
