import { jetstream } from "@nats-io/jetstream";
import { wallClock } from "../../../src/clock.ts";
import { connectNats } from "../../../src/events/connect.ts";
import { streamName } from "../../../src/events/provision.ts";
import { defaultPolicy } from "../../../src/match/policy.ts";
import { openLog } from "../../../src/open-log.ts";
import { originOf } from "../../../src/projections/origin.ts";
import { buildAside } from "../../../src/projections/rebuild.ts";

/**
 * One side of `bench rebuild`, in a process of its own so that its CPU time and its memory are its own:
 * `side.ts bare|rebuild URL DIR`. Prints its figures as one line of JSON.
 */
const [side, url, dir] = process.argv.slice(2) as [string, string, string];
const began = performance.now();
const before = process.resourceUsage();
const events = side === "bare" ? await drain() : await rebuild();
const seconds = (performance.now() - began) / 1000;
const used = process.resourceUsage();
const figures = {
  eventsPerSecond: events / seconds,
  seconds,
  userCpuSeconds: (used.userCPUTime - before.userCPUTime) / 1e6,
  systemCpuSeconds: (used.systemCPUTime - before.systemCPUTime) / 1e6,
  rssMaxMiB: used.maxRSS / 1024,
};
process.stdout.write(`${JSON.stringify(figures)}\n`);

/** What anyone would write with the official client; 10,000 messages ahead is where it is fastest. */
async function drain(): Promise<number> {
  const nc = await connectNats({ url });
  const consumer = await jetstream(nc).consumers.get(streamName);
  const messages = await consumer.consume({ max_messages: 10_000 });
  let count = 0;
  for await (const message of messages) {
    count++;
    if (message.info.pending === 0) break;
  }
  await nc.close();
  return count;
}

async function rebuild(): Promise<number> {
  const log = await openLog(url, { natsCreds: null, replicas: 1 });
  const origin = originOf(log, defaultPolicy);
  const signal = new AbortController().signal;
  const build = await buildAside({
    dir,
    log,
    origin,
    policy: defaultPolicy,
    clock: wallClock,
    signal,
    onProgress() {},
  });
  const { sequence } = build.projector;
  build.close();
  await log.close();
  return sequence;
}
