import { describe, expect, test } from "vitest";
import { defineActor, type Handled } from "../../src/actors/actor.ts";
import { createFloor } from "../../src/actors/floor.ts";
import { suspectsIn } from "../../src/actors/suspects.ts";
import { ackWaitMs } from "../../src/events/provision.ts";
import { letterBox } from "../../src/events/subjects.ts";
import { kickoff, second } from "../support/history.ts";
import { manualClock, settled, testNode } from "../support/node.ts";
import { tempDir } from "../support/temp.ts";
import { deliveredBefore, gate, type Gate } from "./stage-support.ts";

type Held = Gate & { how?: Handled | Error };

/** A node with so many letters, and an actor whose handling of each ends when the test says so. */
async function scene(letters: number, concurrency: number) {
  const it = await testNode({ wall: manualClock(kickoff) });
  for (let n = 1; n <= letters; n++) it.server.publish(letterBox, `letter ${n}`);
  const begun: number[] = [];
  const gates = new Map<number, Held>();
  const gateOf = (sequence: number): Held => {
    const known: Held = gates.get(sequence) ?? gate();
    gates.set(sequence, known);
    return known;
  };
  const actor = defineActor({
    name: "reader",
    on: "intake",
    concurrency,
    async handle({ message: { sequence } }) {
      begun.push(sequence);
      const held = gateOf(sequence);
      await held.passed;
      gates.delete(sequence);
      if (held.how instanceof Error) throw held.how;
      return held.how ?? "ack";
    },
  });
  async function end(sequence: number, how?: Handled | Error) {
    const held = gateOf(sequence);
    if (how !== undefined) held.how = how;
    held.open();
    await settled();
  }
  return { ...it, actor, begun, end };
}

describe("a mailbox", () => {
  test("works on as many deliveries at a time as it may, in order", async () => {
    const it = await scene(4, 2);
    const running = it.run(it.actor);
    await settled();
    expect(it.begun).toEqual([1, 2]);
    expect(running.held()).toBe(4);
    await it.end(2);
    expect(it.begun).toEqual([1, 2, 3]);
    await it.end(1);
    await it.end(3);
    await it.end(4);
    expect(it.begun).toEqual([1, 2, 3, 4]);
    expect(running.held()).toBe(0);
    expect(await it.node.log.pending()).toBe(0);
  });

  test("never works on more, however deliveries come and go", async () => {
    const it = await testNode({ wall: manualClock(kickoff) });
    let [inside, most] = [0, 0];
    it.run(
      defineActor({
        name: "reader",
        on: "intake",
        concurrency: 3,
        async handle({ message }) {
          most = Math.max(most, ++inside);
          for (let turn = 0; turn < 5 + (message.sequence % 7); turn++) await Promise.resolve();
          inside--;
          return "ack";
        },
      }),
    );
    for (let burst = 0; burst < 50; burst++) {
      for (let n = 0; n <= burst % 7; n++) it.server.publish(letterBox, "");
      for (let turn = 0; turn < burst % 5; turn++) await Promise.resolve();
    }
    await settled();
    expect(most).toBe(3);
    expect(await it.node.log.pending()).toBe(0);
  });

  test("keeps what it holds alive, also what waits for its turn", async () => {
    const it = await scene(2, 1);
    it.run(it.actor);
    await it.wall.advance(5 * ackWaitMs);
    expect(it.begun).toEqual([1]);
    await it.end(1);
    await it.end(2);
    expect(it.begun).toEqual([1, 2]);
    expect(await it.node.log.pending()).toBe(0);
  });

  test("gets back what was released, at once", async () => {
    const it = await scene(1, 1);
    it.run(it.actor);
    await settled();
    await it.end(1, "release");
    expect(it.begun).toEqual([1, 1]);
    await it.end(1);
    expect(await it.node.log.pending()).toBe(0);
  });

  test("gets back what threw after a second, as often as it throws", async () => {
    const it = await scene(1, 1);
    it.run(it.actor);
    await settled();
    for (let time = 1; time <= 12; time++) {
      await it.end(1, new Error("broken"));
      expect(it.begun).toHaveLength(time);
      await it.wall.advance(second);
      expect(it.begun).toHaveLength(time + 1);
    }
    await it.end(1);
    expect(await it.node.log.pending()).toBe(0);
  });
});

describe("a third delivery", () => {
  test("runs alone: nothing else of its node runs beside it", async () => {
    const it = await scene(3, 8);
    await deliveredBefore(it, "intake", 2);
    it.run(it.actor);
    await settled();
    expect(it.begun).toEqual([1]);
    await it.end(1);
    expect(it.begun).toEqual([1, 2, 3]);
    await it.end(2);
    await it.end(3);
  });

  test("goes last when a process of its node died of it, so that the others get through", async () => {
    const it = await scene(3, 2);
    await deliveredBefore(it, "intake", 2);
    const dataDir = tempDir();
    suspectsIn(dataDir).began("reader:1");
    it.node.suspects = suspectsIn(dataDir);
    it.run(it.actor);
    await settled();
    expect(it.begun).toEqual([2, 3]);
    await it.end(2);
    await it.end(3);
    expect(it.begun).toEqual([2, 3]);
    await it.wall.advance(second);
    expect(it.begun).toEqual([2, 3, 1]);
    expect(suspectsIn(dataDir).has("reader:1")).toBe(true);
    await it.end(1);
    expect(suspectsIn(dataDir).has("reader:1")).toBe(false);
    expect(await it.node.log.pending()).toBe(0);
  });

  test("waits for those that run, of whichever actor", async () => {
    const it = await scene(1, 8);
    const floor = createFloor();
    const { passed, open } = gate();
    const elsewhere = floor.enter(false, () => passed);
    await deliveredBefore(it, "intake", 2);
    it.run(it.actor, floor);
    await settled();
    expect(it.begun).toEqual([]);
    open();
    await elsewhere;
    await settled();
    expect(it.begun).toEqual([1]);
    await it.end(1);
  });

  test("a second one does not", async () => {
    const it = await scene(3, 8);
    await deliveredBefore(it, "intake", 1);
    it.run(it.actor);
    await settled();
    expect(it.begun).toEqual([1, 2, 3]);
    for (const sequence of [1, 2, 3]) await it.end(sequence);
  });
});

describe("a drain", () => {
  test("gives back at once what waits for its turn, and ends when what runs has ended", async () => {
    const it = await scene(3, 1);
    const running = it.run(it.actor);
    await settled();
    const drained = running.drain(new AbortController().signal);
    await settled();
    expect(running.held()).toBe(1);
    await it.end(1);
    expect(await drained).toEqual([]);
    expect(it.begun).toEqual([1]);
    expect(await it.node.log.pending()).toBe(2);
  });

  test("takes nothing new", async () => {
    const it = await scene(0, 1);
    const running = it.run(it.actor);
    await running.drain(new AbortController().signal);
    it.server.publish(letterBox, "");
    await settled();
    expect(it.begun).toEqual([]);
  });

  test("runs nothing that waits to be alone, or for one that is", async () => {
    const it = await scene(2, 8);
    const floor = createFloor();
    const { passed, open } = gate();
    const elsewhere = floor.enter(true, () => passed);
    const running = it.run(it.actor, floor);
    await settled();
    const drained = running.drain(new AbortController().signal);
    open();
    await elsewhere;
    expect(await drained).toEqual([]);
    expect(it.begun).toEqual([]);
  });
});
