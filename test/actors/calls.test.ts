import { describe, expect, test } from "vitest";
import { callsActor } from "../../src/actors/calls.ts";
import type { Faults } from "../../src/events/memory.ts";
import type { NewEvent, Order } from "../../src/match/event.ts";
import { missed, unsettled } from "../support/ended-lives.ts";
import { type History, hour, kickoff, roster } from "../support/history.ts";
import { manualClock, settled, testNode } from "../support/node.ts";

const now = kickoff + 3 * hour;

const plain: Order = { what: "backfill", matchIds: null, category: null, window: null, stages: null, reason: "outage" };
const call = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

async function scene(lives: History[], { faults = {}, working = true }: { faults?: Faults; working?: boolean } = {}) {
  const it = await testNode({ wall: manualClock(now), faults });
  for (const life of lives) await it.write(life);
  if (working) it.run(callsActor(roster));
  return {
    ...it,
    async place(order: Partial<Order>, id = call) {
      const event: NewEvent<"operator.requested"> = {
        id,
        type: "operator.requested",
        time: now,
        actor: "operator:anna",
        causationId: null,
        data: {
          principal: "anna",
          order: { ...plain, ...order },
          planHash: null,
          idempotencyKey: null,
          bodyHash: "",
          answer: null,
        },
      };
      await it.node.log.append({ root: "operator", id }, 0, [event]);
      await settled();
    },
    async cancel(id = call) {
      const version = it.node.readModel.call(id)?.version ?? 0;
      const event: NewEvent<"operator.cancelled"> = {
        id: it.node.newId(now),
        type: "operator.cancelled",
        time: now,
        actor: "operator:otto",
        causationId: id,
        data: { principal: "otto", reason: "wrong week" },
      };
      await it.node.log.append({ root: "operator", id }, version, [event]);
      await settled();
    },
  };
}

const [one, other] = ["pl-2016-17-a-b", "pl-2016-17-c-d"];

describe("a backfill", () => {
  test("gives each match it names its word, in the name of who called, and says what it left out", async () => {
    const it = await scene([missed(one), missed(other)]);
    await it.place({ matchIds: [one, "pl-2016-17-nobody-knows"] });
    const words = it.events("match.retro.requested");
    expect(words).toEqual([
      expect.objectContaining({
        actor: "operator:anna",
        causationId: call,
        data: { by: "anna", reason: "outage", stages: ["analyse", "predict", "settle"], letter: expect.any(Number) },
      }),
    ]);
    expect(it.events("operator.applied")).toMatchObject([
      { causationId: call, data: { requested: 1, skipped: { "there is no such match": 1 } } },
    ]);
    expect(it.node.readModel.callProgress(call)).toEqual({ running: 1, done: 0, failed: 0, cancelled: 0 });
    expect(it.node.readModel.callMatches(call, null, 10)).toMatchObject({
      matches: [{ matchId: one, state: "running" }],
    });
    expect(await it.node.log.pending()).toBe(0);
  });

  test("of a window takes the matches in it", async () => {
    const it = await scene([missed(one), missed(other)]);
    const window = (from: number, to: number) => ({
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
    });
    await it.place({ window: window(kickoff - hour, kickoff + hour) });
    expect(it.events("match.retro.requested")).toHaveLength(2);
    await it.place({ window: window(kickoff - 2 * hour, kickoff - hour) }, "01BX5ZZKBKACTAV9WEVGEMMVRZ");
    expect(it.events("match.retro.requested")).toHaveLength(2);
  });

  test("delivered again, or to a node that died before its end, adds nothing that is there", async () => {
    const it = await scene([missed(one), missed(other)]);
    await it.place({ matchIds: [one, other] });
    const count = it.server.messages.length;
    it.server.redeliver("operator", null);
    it.server.removeConsumer("operator");
    await settled();
    expect(it.server.messages).toHaveLength(count);
  });

  test("cancelled takes back what has not begun, and no more", async () => {
    const begun = missed(one);
    const it = await scene([begun, missed(other)]);
    await it.place({ matchIds: [one, other] });
    const word = it
      .events("match.retro.requested")
      .find(({ sequence }) => it.node.readModel.match(one)?.version === sequence);
    await it.node.log.append({ root: "match", id: one }, it.node.readModel.match(one)?.version ?? 0, [
      {
        type: "match.analysis.requested",
        id: it.node.newId(now),
        time: now,
        actor: "pipeline:dispatch",
        causationId: word?.id ?? null,
        data: { stage: "analyse", round: 1, attempt: 1, reason: "retro", budgetMs: 1000, retroactive: true },
      },
    ]);
    await settled();
    await it.cancel();
    expect(it.events("match.retro.cancelled")).toMatchObject([
      { actor: "operator:otto", data: { by: "otto", reason: "wrong week" } },
    ]);
    expect(it.node.readModel.match(one)?.retro).not.toBeNull();
    expect(it.node.readModel.match(other)?.retro).toBeNull();
    expect(it.node.readModel.callProgress(call)).toEqual({ running: 1, done: 0, failed: 0, cancelled: 1 });
  });

  test("cancelled before anyone carried it out asks for nothing", async () => {
    const it = await scene([missed(one)], { working: false });
    await it.place({ matchIds: [one] });
    await it.cancel();
    it.run(callsActor(roster));
    await settled();
    expect(it.events("match.retro.requested")).toEqual([]);
    expect(it.events("operator.applied")).toMatchObject([{ data: { requested: 0, skipped: { cancelled: 1 } } }]);
    expect(await it.node.log.pending()).toBe(0);
  });
});

describe("many calls and cancels, and a carrier that dies", () => {
  const ids = [
    call,
    "01BX5ZZKBKACTAV9WEVGEMMVRZ",
    "01BX5ZZKBKACTAV9WEVGEMMVS0",
    "01BX5ZZKBKACTAV9WEVGEMMVS1",
    "01BX5ZZKBKACTAV9WEVGEMMVS2",
  ];

  test("more cancels than there are hands, delivered before their calls, stop nobody", async () => {
    const it = await scene([missed(one), missed(other)], { working: false });
    for (const id of ids) await it.place({ matchIds: [one] }, id);
    for (const id of ids) await it.cancel(id);
    // As after a crash: the requests were delivered to who died, the cancels come first.
    for (let delivered = 0; delivered < 3; delivered++) it.server.redeliver("operator", null);
    it.run(callsActor(roster));
    await settled();
    expect(it.events("operator.applied")).toHaveLength(ids.length);
    expect(await it.node.log.pending()).toBe(0);
  });

  test("a call that had given words when its node died and it was cancelled counts them, and takes them back", async () => {
    const it = await scene([missed(one), missed(other)], { working: false });
    await it.place({ matchIds: [one, other] });
    const letter = it.node.readModel.call(call)?.requested?.sequence ?? null;
    const version = it.node.readModel.match(one)?.version ?? 0;
    await it.node.log.append({ root: "match", id: one }, version, [
      {
        type: "match.retro.requested",
        id: it.node.newId(now),
        time: now,
        actor: "operator:anna",
        causationId: call,
        data: { by: "anna", reason: null, stages: null, letter },
      },
    ]);
    await it.cancel();
    it.run(callsActor(roster));
    await settled();
    expect(it.events("operator.applied")).toMatchObject([{ data: { requested: 1, skipped: { cancelled: 1 } } }]);
    expect(it.node.readModel.callProgress(call)).toEqual({ running: 0, done: 0, failed: 0, cancelled: 1 });
  });

  test("a call whose carrier fails again and again ends, and those behind it do not wait", async () => {
    const it = await scene([missed(one)], { working: false });
    await it.place({ matchIds: [one] });
    const consume = it.node.log.consume.bind(it.node.log);
    const eighth: typeof it.node.log.consume = async function* (options) {
      for await (const delivery of consume(options)) yield { ...delivery, deliveries: 8 };
    };
    it.node.log.consume = eighth;
    it.run(callsActor(roster));
    await settled();
    expect(it.events("operator.applied")).toMatchObject([
      { data: { requested: 0, skipped: { "could not be carried out": 1 } } },
    ]);
    expect(it.events("match.retro.requested")).toEqual([]);
  });

  test("a call too large to be written onto its matches is no call", async () => {
    const it = await scene([missed(one)]);
    const body = JSON.stringify({
      specversion: "1.0",
      id: call,
      source: "/fulltime",
      type: "operator.requested",
      subject: call,
      time: new Date(now).toISOString(),
      datacontenttype: "application/json",
      version: 1,
      actor: "operator:mallory",
      data: {
        principal: "x".repeat(200_000),
        order: { ...plain, matchIds: [one] },
        planHash: null,
        idempotencyKey: null,
        bodyHash: "",
        answer: null,
      },
    });
    it.server.publish(`operator.${call}.requested`, body);
    await settled();
    expect(it.events("match.retro.requested")).toEqual([]);
    expect(await it.node.log.pending()).toBe(0);
  });
});

describe("a retry of failed settlements", () => {
  test("of all takes those that failed and were not dismissed", async () => {
    const it = await scene([unsettled(one), missed(other)]);
    await it.place({ what: "settlement.retry", category: "no-predictions" });
    expect(it.events("match.retry.requested")).toMatchObject([
      { causationId: call, data: { by: "anna", stages: ["settle"] } },
    ]);
  });
});

describe("a dismissal", () => {
  test("is a fact with its reason, and can be undone", async () => {
    const it = await scene([unsettled(one)]);
    await it.place({ what: "failure.dismiss", matchIds: [one], reason: "abandoned cup" });
    expect(it.node.readModel.match(one)?.stages.settle.failure?.dismissed).toEqual({
      by: "anna",
      reason: "abandoned cup",
    });
    await it.place({ what: "failure.restore", matchIds: [one] }, "01BX5ZZKBKACTAV9WEVGEMMVRZ");
    expect(it.node.readModel.match(one)?.stages.settle.failure?.dismissed).toBeNull();
  });
});

test("of two messages that claim to be one call, the first is", async () => {
  const it = await scene([missed(one), missed(other)]);
  await it.place({ matchIds: [one] });
  const version = it.node.readModel.call(call)?.version ?? 0;
  const forged: NewEvent<"operator.requested"> = {
    id: it.node.newId(now),
    type: "operator.requested",
    time: now,
    actor: "operator:mallory",
    causationId: null,
    data: {
      principal: "mallory",
      order: { ...plain, matchIds: [other] },
      planHash: null,
      idempotencyKey: null,
      bodyHash: "",
      answer: null,
    },
  };
  await it.node.log.append({ root: "operator", id: call }, version, [forged]);
  await settled();
  expect(it.events("match.retro.requested")).toHaveLength(1);
  expect(it.node.readModel.call(call)?.requested?.principal).toBe("anna");
});
