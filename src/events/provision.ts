import type { NatsConnection } from "nats";
import { type Clock, pause, wallClock } from "../clock.ts";
import { ApiError, type Difference, NotAllowed, StreamDrift } from "./errors.ts";
import { apiOnce, code, type ConsumerInfo, isPassing, type StreamInfo } from "./jetstream/api.ts";
import { letterBox } from "./subjects.ts";
import { requireServerVersion } from "./server/version.ts";

export const streamName = "MATCHES";

/** A delivery not acknowledged or kept alive (`working`) for this long goes to another node. */
export const ackWaitMs = 10_000;

/** Bodies and headers of one message, bytes. */
export const messageSizeMax = 262_144;

const ms = 1_000_000;

/** As the server's API spells it; durations in nanoseconds. Nothing ever leaves the stream: it is the only truth. */
export function streamConfig(replicas: number) {
  return {
    name: streamName,
    subjects: ["match.>", "source.>", "operator.>"],
    retention: "limits",
    storage: "file",
    discard: "new",
    num_replicas: replicas,
    max_age: 0,
    max_msgs: -1,
    max_bytes: -1,
    max_msgs_per_subject: -1,
    max_msg_size: messageSizeMax,
    // Writes are guarded by expected sequences; the window is the shortest the server takes, as its ids cost memory.
    duplicate_window: 100 * ms,
    deny_delete: true,
    deny_purge: true,
    allow_rollup_hdrs: false,
    allow_direct: true,
    allow_atomic: true,
  };
}

/** Durable consumers by name, with the subjects each of them takes. Actors find theirs here. */
export const consumers = {
  poll: ["source.*.*.poll.requested"],
  analyse: ["match.*.analysis.requested"],
  lineups: ["match.*.lineups.requested"],
  predict: ["match.*.prediction.requested"],
  settle: ["match.*.settlement.requested"],
  intake: [letterBox],
  operator: ["operator.*.requested", "operator.*.cancelled"],
  /** Those of the operators: `alert` for the node's log at once, `notify` for a receiver that may be away. */
  alert: ["match.*.gap.raised", "match.*.gap.resolved"],
  notify: ["match.*.gap.raised", "match.*.gap.resolved"],
} as const satisfies Record<string, readonly string[]>;

export type Durable = keyof typeof consumers;
export const durables = Object.keys(consumers) as Durable[];

export function isDurable(name: string): name is Durable {
  return Object.hasOwn(consumers, name);
}

/** What was told cannot be untold: made anew, these begin behind all that stands in the log. */
const fromTheEnd: ReadonlySet<Durable> = new Set(["alert", "notify"]);

export function consumerConfig(durable: Durable) {
  const [first, ...more] = consumers[durable];
  return {
    name: durable,
    durable_name: durable,
    ...(more.length === 0 ? { filter_subject: first } : { filter_subjects: [first, ...more] }),
    ack_policy: "explicit",
    ack_wait: ackWaitMs * ms,
    max_deliver: -1,
    // One at a time over all nodes keeps alerts in the order of the log, whoever holds one back.
    max_ack_pending: durable === "notify" ? 1 : 5000,
    replay_policy: "instant",
    // Of a consumer that exists it is not compared: made anew, one may begin later than `all`.
    deliver_policy: fromTheEnd.has(durable) ? "new" : "all",
  };
}

export interface ProvisionOptions {
  /** 1 embedded, 3 on a cluster. */
  replicas: number;
  clock?: Clock;
  /** How long to wait for a cluster that has no leader yet. */
  waitMs?: number;
}

/**
 * Creates the stream and its consumers where they are missing, and compares what exists. Several nodes may do this at
 * once. On a stream that has everything it only reads, so that a user without the right to create may call it. Throws
 * ServerTooOld (version.ts), StreamDrift, NotAllowed, or ApiError / the client's error when the server does not answer in `waitMs`.
 */
export async function provision(nc: NatsConnection, options: ProvisionOptions): Promise<void> {
  const { replicas, clock = wallClock, waitMs = 30_000 } = options;
  requireServerVersion(nc.info?.version ?? "0.0.0", nc.getServer());

  const until = clock.elapsed() + waitMs;
  const ask = async <T extends object>(subject: string, body: object | null): Promise<T> => {
    for (;;) {
      try {
        return await apiOnce<T>(nc, subject, body, timeoutMs);
      } catch (error) {
        const final = error instanceof NotAllowed || (error instanceof ApiError && !isPassing(error));
        if (final || clock.elapsed() >= until) throw error;
        await pause(clock, 100);
      }
    }
  };

  const wanted = streamConfig(replicas);
  const stream = await findOrCreate<StreamInfo>(
    () => ask(`STREAM.INFO.${streamName}`, null),
    () => ask(`STREAM.CREATE.${streamName}`, wanted),
  );
  const differences = compare(streamName, wanted, stream.config);
  for (const durable of durables) {
    const config = consumerConfig(durable);
    const consumer = await findOrCreate<ConsumerInfo>(
      () => ask(`CONSUMER.INFO.${streamName}.${durable}`, null),
      () => ask(`CONSUMER.CREATE.${streamName}.${durable}`, { stream_name: streamName, action: "create", config }),
    );
    differences.push(...compare(durable, { ...config, deliver_policy: undefined }, consumer.config));
  }
  if (differences.length > 0) throw new StreamDrift(differences);
}

/**
 * What `provision` would make and what it would refuse, found without changing anything. Throws ApiError or the client's error
 * when the server does not answer.
 */
export async function inspect(
  nc: NatsConnection,
  replicas: number,
): Promise<{ missing: string[]; differences: Difference[] }> {
  const absent: string[] = [];
  const differences: Difference[] = [];
  const look = async (name: string, subject: string, wanted: object) => {
    try {
      const found = await apiOnce<StreamInfo | ConsumerInfo>(nc, subject, null, timeoutMs);
      differences.push(...compare(name, wanted, found.config));
    } catch (error) {
      if (!(error instanceof ApiError) || !missing.has(error.code)) throw error;
      absent.push(name);
    }
  };
  await look(streamName, `STREAM.INFO.${streamName}`, streamConfig(replicas));
  for (const durable of durables) {
    await look(durable, `CONSUMER.INFO.${streamName}.${durable}`, {
      ...consumerConfig(durable),
      deliver_policy: undefined,
    });
  }
  return { missing: absent, differences };
}

const timeoutMs = 5000;

async function findOrCreate<T>(find: () => Promise<T>, create: () => Promise<T>): Promise<T> {
  try {
    return await find();
  } catch (error) {
    if (!(error instanceof ApiError) || !missing.has(error.code)) throw error;
  }
  try {
    return await create();
  } catch (error) {
    // Another node was quicker, perhaps with other settings: compare what is there now.
    if (!(error instanceof ApiError) || !exists.has(error.code)) throw error;
    return find();
  }
}

const missing: ReadonlySet<number> = new Set([code.streamNotFound, code.consumerNotFound]);
const exists: ReadonlySet<number> = new Set([code.streamNameInUse, code.consumerExists]);

/** Settings that change what the log means if somebody turned them on. They are absent while off. */
const mustBeOff = [
  "sealed",
  "mirror",
  "sources",
  "subject_transform",
  "republish",
  "allow_msg_ttl",
  "allow_msg_schedules",
  "no_ack",
];
const mustBeOffForConsumers = [
  "backoff",
  "headers_only",
  "inactive_threshold",
  "pause_until",
  "deliver_subject",
  "max_batch",
];

function compare(of: string, wanted: object, found: Record<string, unknown>): Difference[] {
  const differences: Difference[] = [];
  for (const [field, expected] of Object.entries(wanted)) {
    if (expected === undefined || same(expected, found[field])) continue;
    differences.push({ of, field, expected, found: found[field] });
  }
  for (const field of of === streamName ? mustBeOff : mustBeOffForConsumers) {
    if (found[field]) differences.push({ of, field, expected: undefined, found: found[field] });
  }
  return differences;
}

/** The server leaves out what is false or zero, and keeps subjects in no promised order. */
function same(expected: unknown, found: unknown): boolean {
  if (Array.isArray(expected)) {
    return Array.isArray(found) && found.length === expected.length && expected.every((each) => found.includes(each));
  }
  return expected === found || (found === undefined && (expected === false || expected === 0));
}
