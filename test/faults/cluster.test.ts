import type { NatsConnection } from "nats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { pause, wallClock } from "../../src/clock.ts";
import { connectNats } from "../../src/events/connect.ts";
import { openJetStreamLog } from "../../src/events/jetstream.ts";
import type { EventLog } from "../../src/events/log.ts";
import { provision, streamName } from "../../src/events/provision.ts";
import { match, requested, take } from "../events/sample.ts";
import { type Cluster, startCluster } from "../support/cluster.ts";
import { readAll } from "../support/log-reader.ts";

/** The long suite kills more often. */
const kills = Number(process.env.FULLTIME_TEST_LEADER_KILLS ?? 3);
const writers = 10;

let cluster: Cluster;
let admin: NatsConnection;

beforeAll(async () => {
  cluster = await startCluster();
  admin = await connectNats({ url: cluster.url });
  await provision(admin, { replicas: 3 });
});
afterAll(async () => {
  await admin?.close();
  await cluster?.stop();
});

interface Info {
  cluster: { leader?: string; replicas?: { name: string; current: boolean }[] };
}

/** The stream's leader once there is one and both others are at its heels. */
async function healthyLeader(): Promise<string> {
  for (;;) {
    const answer = await admin.request(`$JS.API.STREAM.INFO.${streamName}`, "", { timeout: 1000 }).catch(() => null);
    const found = answer?.json<Partial<Info>>().cluster;
    if (found?.leader && found.replicas?.length === 2 && found.replicas.every(({ current }) => current))
      return found.leader;
    await pause(wallClock, 100);
  }
}

describe("a cluster of three whose leader is killed again and again", () => {
  it("loses and doubles nothing it acknowledged, and is followed without a hole", {
    timeout: 60_000 + kills * 30_000,
  }, async () => {
    const open = async () => openJetStreamLog({ nc: await connectNats({ url: cluster.url }), clock: wallClock });
    const [log, reader] = [await open(), await open()];
    const end = new AbortController();
    const followed: [number, string][] = [];
    const following = (async () => {
      for await (const batch of reader.follow(0, end.signal))
        followed.push(...batch.map(({ sequence, event }): [number, string] => [sequence, event?.id ?? "?"]));
    })();
    const acknowledged: string[] = [];
    let [writing, slowest] = [true, 0];

    const write = async (into: EventLog, i: number) => {
      for (let version = 0; writing; ) {
        const events = [requested(1), requested(2)];
        const began = performance.now();
        const outcome = await into.append(match(`m-${i}`), version, events);
        slowest = Math.max(slowest, performance.now() - began);
        // One writer a match: a conflict would be its own append, taken for somebody else's.
        if (outcome.outcome !== "appended") throw new Error(`writer ${i}: ${JSON.stringify(outcome)}`);
        version = outcome.sequence;
        acknowledged.push(...events.map(({ id }) => id));
      }
    };
    const all = Promise.all(Array.from({ length: writers }, (_, i) => write(log, i)));
    const stopped = all.then(() => "ended");

    const killed: string[] = [];
    for (let kill = 0; kill < kills; kill++) {
      const leader = await healthyLeader();
      const before = acknowledged.length;
      await cluster.kill(leader);
      killed.push(leader);
      // The two that are left elect another and go on.
      while (acknowledged.length < before + 200) {
        if ((await Promise.race([stopped, pause(wallClock, 50)])) === "ended") break;
      }
      await cluster.restart(leader);
    }
    await healthyLeader();
    writing = false;
    await all;

    const found = (await readAll(log)).map(({ event }) => event?.id ?? "?");
    expect(new Set(found).size, "doubled").toBe(found.length);
    const stored = new Set(found);
    expect(
      acknowledged.filter((id) => !stored.has(id)),
      "lost",
    ).toEqual([]);
    // Every append was answered, so nothing else is there.
    expect(found).toHaveLength(acknowledged.length);

    while (followed.length < found.length) await pause(wallClock, 20);
    end.abort();
    await following;
    expect(followed.map(([sequence]) => sequence)).toEqual(found.map((_, i) => i + 1));
    expect(followed.map(([, id]) => id)).toEqual(found);
    const first = log.consume({ durable: "analyse", held: 1, signal: new AbortController().signal });
    await (await take(first[Symbol.asyncIterator]())).ack();
    console.log(
      `${killed.join(", ")} killed as leader; ${acknowledged.length} events acknowledged, none lost; slowest append ${Math.round(slowest)} ms`,
    );
    await Promise.all([log.close(), reader.close()]);
  });
});
