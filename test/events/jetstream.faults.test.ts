import type { NatsConnection } from "nats";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { wallClock } from "../../src/clock.ts";
import { connectNats } from "../../src/events/connect.ts";
import { StreamReplaced } from "../../src/events/errors.ts";
import { openJetStreamLog } from "../../src/events/jetstream.ts";
import type { EventLog } from "../../src/events/log.ts";
import { consumerConfig, provision, streamName } from "../../src/events/provision.ts";
import { startTestServer, type TestServer } from "../support/server.ts";
import { type Proxy, startProxy } from "./proxy.ts";
import { until } from "../support/until.ts";
import { dismissed, gapRaised, match, requested, sequenceOf, take } from "./sample.ts";

let server: TestServer;
let operator: NatsConnection;
let proxy: Proxy;
let log: EventLog;
let far: EventLog;
let end: AbortController;

beforeAll(async () => {
  server = await startTestServer({ syncAlways: true });
  proxy = await startProxy(server.port);
});
afterAll(async () => {
  await proxy.stop();
  await server.stop();
});
beforeEach(async () => {
  Object.assign(proxy, { deaf: false, mute: false });
  operator = await connectNats({ url: server.url });
  await operator.request(`$JS.API.STREAM.DELETE.${streamName}`);
  await provision(operator, { replicas: 1 });
  log = await openJetStreamLog({ nc: await connectNats({ url: server.url }), clock: wallClock });
  far = await openJetStreamLog({ nc: await connectNats({ url: proxy.url }), clock: wallClock, timeoutMs: 1000 });
  end = new AbortController();
});
afterEach(async () => {
  end.abort();
  await Promise.all([log.close(), far.close(), operator.close()]);
});

/** Resolves when the log holds this many messages. */
async function stored(count: number): Promise<void> {
  for await (const batch of log.follow(0, AbortSignal.any([end.signal])))
    if ((batch.at(-1)?.sequence ?? 0) >= count) return;
}

async function ids(): Promise<string[]> {
  const last = await log.last();
  const found: string[] = [];
  if (last === 0) return found;
  for await (const batch of log.follow(0, end.signal)) {
    found.push(...batch.map(({ event }) => event?.id ?? "?"));
    if ((batch.at(-1)?.sequence ?? 0) >= last) return found;
  }
  return found;
}

describe("an append whose outcome is unknown", () => {
  it.each([
    ["one event", 1, 1],
    ["three events", 1, 3],
    ["a group of matches", 40, 2],
  ])("was carried out and says so: %s", async (_, matches, events) => {
    proxy.deaf = true;
    const appends = Array.from({ length: matches }, (_unused, i) =>
      far.append(
        match(`m-${i}`),
        0,
        Array.from({ length: events }, () => requested(1)),
      ),
    );
    await stored(1);
    proxy.cut();
    proxy.deaf = false;
    const outcomes = await Promise.all(appends);
    expect(await log.last()).toBe(matches * events);
    for (const [i, outcome] of outcomes.entries()) {
      expect(outcome).toEqual({ outcome: "appended", sequence: (await log.history(match(`m-${i}`))).at(-1)?.sequence });
    }
  });

  it("is carried out once when the request was lost without a word", async () => {
    proxy.mute = true;
    const append = far.append(match("a"), 0, [requested(1), requested(2)]);
    // The first try times out, on a connection that looks whole.
    await new Promise<void>((resolve) => wallClock.after(1100, resolve));
    proxy.mute = false;
    expect(await append).toEqual({ outcome: "appended", sequence: 2 });
    expect(await log.last()).toBe(2);
  });

  it("is a conflict when somebody else was quicker", async () => {
    proxy.mute = true;
    const append = far.append(match("a"), 0, [requested(1)]);
    await log.append(match("a"), 0, [requested(2), requested(3)]);
    proxy.cut();
    proxy.mute = false;
    expect(await append).toEqual({ outcome: "conflict", version: 2 });
  });

  it("was carried out, and others have moved the match since", async () => {
    proxy.deaf = true;
    const append = far.append(match("a"), 0, [requested(1), requested(2)]);
    await stored(2);
    await sequenceOf(log.append(match("a"), 2, [requested(3)]));
    proxy.cut();
    proxy.deaf = false;
    expect(await append).toEqual({ outcome: "appended", sequence: 2 });
    expect(await log.last()).toBe(3);
  });
});

describe("a server that is killed and comes back", () => {
  it("loses nothing acknowledged and doubles nothing, mid-append", async () => {
    const acknowledged: string[] = [];
    let running = true;
    const writers = Array.from({ length: 20 }, async (_, i) => {
      let version = 0;
      while (running) {
        const events = [requested(1), requested(2)];
        const outcome = await log.append(match(`m-${i}`), version, events);
        // One writer a match: a conflict would be its own append, taken for somebody else's.
        if (outcome.outcome !== "appended") throw new Error(JSON.stringify(outcome));
        version = outcome.sequence;
        acknowledged.push(...events.map(({ id }) => id));
      }
    });
    for (let kills = 0; kills < 3; kills++) {
      await stored(100 * (kills + 1));
      await server.kill();
      await server.restart();
    }
    await stored(500);
    running = false;
    await Promise.all(writers);
    const found = await ids();
    expect(new Set(found).size).toBe(found.length);
    expect(found.slice().sort()).toEqual(acknowledged.slice().sort());
  });

  it("makes no hole in what is followed and answers consumers promptly", async () => {
    const seen: number[] = [];
    const following = (async () => {
      for await (const batch of log.follow(0, end.signal)) seen.push(...batch.map(({ sequence }) => sequence));
    })();
    const deliveries = log.consume({ durable: "analyse", held: 5, signal: end.signal })[Symbol.asyncIterator]();
    let version = 0;
    for (let kills = 0; kills < 3; kills++) {
      version = await sequenceOf(log.append(match("a"), version, [requested(1)]));
      let delivery = await take(deliveries);
      for (; delivery.message.sequence < version; delivery = await take(deliveries)) await delivery.ack();
      expect(delivery.message.sequence).toBe(version);
      const waiting = take(deliveries);
      await server.kill();
      const acked = delivery.ack();
      expect(await Promise.race([acked.then(() => "acked"), Promise.resolve("waits")])).toBe("waits");
      await server.restart();
      const began = performance.now();
      version = await sequenceOf(log.append(match("a"), version, [requested(2)]));
      let next = await waiting;
      // A killed server may have forgotten acknowledgements too; an actor drops what it has answered.
      for (; next.message.sequence < version; next = await take(deliveries)) await next.ack();
      expect(performance.now() - began).toBeLessThan(2000);
      expect(next.message.sequence).toBe(version);
      await Promise.all([acked, next.ack()]);
      expect(log.connected()).toBe(true);
    }
    await stored(version);
    end.abort();
    await following;
    expect(seen).toEqual(Array.from({ length: version }, (_, i) => i + 1));
  });

  it("is noticed within a second, and so is its return", async () => {
    await server.kill();
    const gone = performance.now();
    while (log.connected()) await new Promise<void>((resolve) => setImmediate(resolve));
    expect(performance.now() - gone).toBeLessThan(1100);
    const last = log.last();
    await server.restart();
    expect(await last).toBe(0);
    expect(log.connected()).toBe(true);
  });
});

describe("a connection that dies without a word", () => {
  it("is noticed by appends, followers and consumers", async () => {
    const config = { ...consumerConfig("analyse"), ack_wait: 1_000_000_000 };
    const request = { stream_name: streamName, action: "update", config };
    await operator.request(`$JS.API.CONSUMER.CREATE.${streamName}.analyse`, JSON.stringify(request));
    const follower = far.follow(0, end.signal)[Symbol.asyncIterator]();
    const deliveries = far.consume({ durable: "analyse", held: 5, signal: end.signal })[Symbol.asyncIterator]();
    const [batch, delivery] = [take(follower), take(deliveries)];
    await sequenceOf(log.append(match("a"), 0, [requested(1)]));
    expect((await batch).map(({ sequence }) => sequence)).toEqual([1]);
    await (await delivery).ack();
    const [lateBatch, lateDelivery] = [take(follower), take(deliveries)];
    proxy.freeze();
    const append = far.append(match("b"), 0, [dismissed("lost at first")]);
    const version = await sequenceOf(log.append(match("a"), 1, [requested(2)]));
    expect((await lateBatch)[0]?.sequence).toBe(version);
    // The server had delivered it to the dead connection: it comes again after the ack wait.
    const again = await lateDelivery;
    expect(again.message.sequence).toBe(version);
    expect(again.deliveries).toBeGreaterThan(1);
    await again.ack();
    expect(await append).toEqual({ outcome: "appended", sequence: version + 1 });
  });
});

describe("an operator's hand", () => {
  it("removes a consumer, which is made anew and starts over", async () => {
    await log.append(match("a"), 0, [requested(1), requested(2)]);
    const deliveries = log.consume({ durable: "analyse", held: 1, signal: end.signal })[Symbol.asyncIterator]();
    await (await take(deliveries)).ack();
    const held = await take(deliveries);
    await operator.request(`$JS.API.CONSUMER.DELETE.${streamName}.analyse`);
    // Its consumer is gone, so nothing can be confirmed, nor delivered again under this reply.
    await held.ack();
    const again = await take(deliveries);
    expect([again.message.sequence, again.deliveries]).toEqual([1, 1]);
    await again.ack();
    const second = await take(deliveries);
    expect(second.message.sequence).toBe(2);
    await second.ack();
    expect(await log.pending()).toBe(0);
    await provision(operator, { replicas: 1 });
  });

  it("removes a consumer, which is made anew where its actor says", async () => {
    await log.append(match("a"), 0, [requested(1), requested(2), requested(3)]);
    await operator.request(`$JS.API.CONSUMER.DELETE.${streamName}.analyse`);
    const nc = await connectNats({ url: server.url });
    const actor = await openJetStreamLog({ nc, clock: wallClock, startOf: async () => 3 });
    try {
      const delivery = await take(
        actor.consume({ durable: "analyse", held: 1, signal: end.signal })[Symbol.asyncIterator](),
      );
      expect(delivery.message.sequence).toBe(3);
      await provision(operator, { replicas: 1 });
    } finally {
      await actor.close();
    }
  });

  it.each([
    ["under a node that listens", true],
    ["while none does", false],
  ])("removes that of the alerts %s: what stands in the log is not told again", async (_, listening) => {
    const deliveries = () => log.consume({ durable: "notify", held: 1, signal: end.signal })[Symbol.asyncIterator]();
    await sequenceOf(log.append(match("a"), 0, [gapRaised()]));
    const before = deliveries();
    await (await take(before)).ack();
    await sequenceOf(log.append(match("b"), 0, [gapRaised()]));
    if (!listening) await before.return?.();
    const next = listening ? take(before) : null;
    await (await next)?.ack();
    const later = listening ? take(before) : null;
    await operator.request(`$JS.API.CONSUMER.DELETE.${streamName}.notify`);
    if (!listening) await provision(operator, { replicas: 1 });
    const answers = async () =>
      (await operator.request(`$JS.API.CONSUMER.INFO.${streamName}.notify`)).json<{ error?: object }>();
    await until(async () => ((await answers()).error === undefined ? true : null));
    const sequence = await sequenceOf(log.append(match("c"), 0, [gapRaised()]));
    const delivery = await (later ?? take(deliveries()));
    expect(delivery.message.sequence).toBe(sequence);
    await delivery.ack();
    await provision(operator, { replicas: 1 });
  });

  it("replaces the stream, which ends the log", async () => {
    await log.append(match("a"), 0, [requested(1)]);
    const follower = log.follow(1, end.signal)[Symbol.asyncIterator]();
    const deliveries = log.consume({ durable: "poll", held: 1, signal: end.signal })[Symbol.asyncIterator]();
    const waiting = [follower.next(), deliveries.next()].map((next) =>
      expect(next).rejects.toBeInstanceOf(StreamReplaced),
    );
    await operator.request(`$JS.API.STREAM.DELETE.${streamName}`);
    await provision(operator, { replicas: 1 });
    await Promise.all(waiting);
    await expect(log.append(match("a"), 1, [requested(2)])).rejects.toBeInstanceOf(StreamReplaced);
    expect(log.connected()).toBe(false);
  });

  it("tightens the disk, which refuses appends for a while", async () => {
    await operator.request(`$JS.API.STREAM.DELETE.${streamName}`);
    await provision(operator, { replicas: 1 });
    const nc = await connectNats({ url: server.url });
    const tight = await openJetStreamLog({ nc, clock: wallClock });
    try {
      const info = (await operator.request(`$JS.API.STREAM.INFO.${streamName}`)).json<{ config: object }>();
      const limit = (max: number) =>
        operator.request(`$JS.API.STREAM.UPDATE.${streamName}`, JSON.stringify({ ...info.config, max_msgs: max }));
      await limit(2);
      await tight.append(match("a"), 0, [requested(1), requested(2)]);
      const outcomes = await Promise.all([
        tight.append(match("a"), 2, [requested(3)]),
        tight.append(match("b"), 0, [requested(1)]),
      ]);
      for (const outcome of outcomes) expect(outcome).toMatchObject({ outcome: "refused", category: "transient" });
      expect(await tight.append(match("a"), 2, [requested(3)])).toMatchObject({ outcome: "refused" });
      await limit(-1);
      expect(await tight.append(match("a"), 2, [requested(3)])).toEqual({ outcome: "appended", sequence: 3 });
    } finally {
      await tight.close();
    }
  });
});

describe("provision", () => {
  it("may be done by several nodes at once and again", async () => {
    await operator.request(`$JS.API.STREAM.DELETE.${streamName}`);
    await Promise.all(Array.from({ length: 5 }, () => provision(operator, { replicas: 1 })));
  });

  it("refuses a stream and consumers that are not ours, naming each setting", async () => {
    const info = (await operator.request(`$JS.API.STREAM.INFO.${streamName}`)).json<{ config: object }>();
    await operator.request(
      `$JS.API.STREAM.UPDATE.${streamName}`,
      JSON.stringify({ ...info.config, max_age: 3_600_000_000_000 }),
    );
    await operator.request(
      `$JS.API.CONSUMER.CREATE.${streamName}.settle`,
      JSON.stringify({
        stream_name: streamName,
        action: "update",
        config: { ...consumerConfig("settle"), max_deliver: 5 },
      }),
    );
    await expect(provision(operator, { replicas: 1 })).rejects.toMatchObject({
      name: "StreamDrift",
      differences: [
        { of: "MATCHES", field: "max_age", expected: 0, found: 3_600_000_000_000 },
        { of: "settle", field: "max_deliver", expected: -1, found: 5 },
      ],
      message: expect.stringMatching(/max_age is 3600000000000, must be 0[\s\S]*nats stream edit/),
    });
    await expect(provision(operator, { replicas: 3 })).rejects.toThrow(/num_replicas is 1, must be 3/);
  });
});

describe("pending", () => {
  it("counts an append at once, though the server's consumers hear of it later", async () => {
    const deliveries = log.consume({ durable: "analyse", held: 10, signal: end.signal })[Symbol.asyncIterator]();
    for (let version = 0; version < 300; version++) {
      const delivery = take(deliveries);
      await sequenceOf(log.append(match("a"), version, [requested(1)]));
      expect(await log.pending()).toBe(1);
      await (await delivery).ack();
      expect(await log.pending()).toBe(0);
    }
  });
});
