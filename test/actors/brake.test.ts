import { describe, expect, it, onTestFinished } from "vitest";
import { runActor } from "../../src/actors/actor.ts";
import { createBrake } from "../../src/actors/brake.ts";
import { startDispatcher } from "../../src/actors/dispatch.ts";
import { createFloor } from "../../src/actors/floor.ts";
import { predictActor } from "../../src/actors/predict.ts";
import { history, hour, kickoff, minute, roster, second, tip } from "../support/history.ts";
import { manualClock, settled, testNode } from "../support/node.ts";

const id = "pl-2016-17-a-b";

describe("a brake", () => {
  it("holds until its last cause is gone", async () => {
    const brake = createBrake();
    const log: string[] = [];
    brake.set("clock-skew", "40 s ahead");
    brake.set("disk-full", "1 % free");
    const released = brake.released(new AbortController().signal).then(() => log.push("released"));
    brake.set("clock-skew", null);
    await settled();
    expect(brake.reason).toBe("1 % free");
    expect(log).toEqual([]);
    brake.set("disk-full", null);
    await released;
    expect(brake.reason).toBeNull();
  });

  it("lets go of who gives up, and holds nobody while it is off", async () => {
    const brake = createBrake();
    await brake.released(new AbortController().signal);
    brake.set("disk-full", "full");
    await brake.released(AbortSignal.abort());
    const end = new AbortController();
    const waiting = brake.released(end.signal);
    end.abort();
    await waiting;
  });
});

async function scene(requested: boolean) {
  const it = await testNode({ wall: manualClock(kickoff - 30 * minute) });
  const brake = createBrake();
  const node = { ...it.node, brake };
  const life = history(id, kickoff - 24 * hour)
    .scheduled()
    .at(kickoff - 6 * hour)
    .requested("analyse")
    .analysed()
    .at(kickoff - hour)
    .requested("lineups")
    .lineups()
    .at(it.wall.now());
  if (requested) life.requested("predict");
  await it.write(life);
  return { ...it, node, brake };
}

describe("predictions under a brake", () => {
  it("are not asked for, while everything else is, and at once when it is off", async () => {
    const { node, brake, wall, events } = await scene(false);
    brake.set("clock-skew", "40 s ahead");
    const dispatcher = startDispatcher(node, { roster, sources: ["archive.pl"], staggerMs: 0 });
    onTestFinished(() => dispatcher.stop());
    await wall.advance(10 * second);
    expect(events("match.prediction.requested")).toEqual([]);
    expect(events("source.poll.requested").length).toBeGreaterThan(0);
    brake.set("clock-skew", null);
    await wall.advance(2 * second);
    expect(events("match.prediction.requested")).toHaveLength(1);
  });

  it("that were asked for do not begin: no model is called", async () => {
    const { node, brake, wall, events } = await scene(true);
    const asked: string[] = [];
    const actor = predictActor({
      roster,
      ask(model) {
        asked.push(model);
        return Promise.resolve(tip(model));
      },
    });

    brake.set("disk-full", "1 % free");
    const running = runActor(actor, node, createFloor(), () => {});
    onTestFinished(async () => {
      const drained = running.drain(AbortSignal.abort());
      await wall.advance(1000);
      await drained;
    });
    await wall.advance(30 * second);
    expect(asked).toEqual([]);
    expect(running.held()).toBe(1);
    brake.set("disk-full", null);
    await wall.advance(2 * second);
    expect(asked.sort()).toEqual(roster.map(({ model }) => model).sort());
    expect(events("match.predicted")).toHaveLength(1);
  });

  it("that wait for it are given back when the node drains", async () => {
    const { node, brake, wall } = await scene(true);

    const actor = predictActor({ roster, ask: () => Promise.reject(new Error("not to be called")) });
    brake.set("disk-full", "1 % free");
    const running = runActor(actor, node, createFloor(), () => {});
    await wall.advance(second);
    const drained = running.drain(new AbortController().signal);
    await wall.advance(second);
    expect(await drained).toEqual([]);
    expect(running.held()).toBe(0);
  });
});
