import { describe, expect, onTestFinished, test } from "vitest";
import type { RunningActor } from "../../src/actors/actor.ts";
import { analyseActor } from "../../src/actors/analyse.ts";
import { startDispatcher } from "../../src/actors/dispatch.ts";
import { intakeActor } from "../../src/actors/intake.ts";
import { playSimulated } from "../../src/actors/quiescence.ts";
import type { Faults } from "../../src/events/memory.ts";
import { letterBox } from "../../src/events/subjects.ts";
import { day, history, hour, kickoff, minute, roster, second } from "../support/history.ts";
import { manualSimulatedClock } from "../support/manual-clock.ts";
import { manualClock, settled, testNode } from "../support/node.ts";
import { analyseBy, analysed, gate } from "./stage-support.ts";

const id = "pl-2016-17-a-b";
const start = kickoff - 7 * hour;

/** A node under a simulated clock that has not begun to play. */
async function scene(faults: Faults = {}) {
  const wall = manualClock(start);
  const clock = manualSimulatedClock(wall);
  const jumps: number[] = [];
  const jump = clock.jump.bind(clock);
  clock.jump = (to) => (jumps.push(to - kickoff), jump(to));
  const it = await testNode({ wall, clock, faults });
  const dispatcher = startDispatcher(it.node, { roster, sources: [], staggerMs: 0 });
  const end = new AbortController();
  onTestFinished(async () => {
    end.abort();
    heard();
    const stopped = dispatcher.stop();
    await wall.advance(second);
    await stopped;
  });
  let heard = () => {};
  let handled = new Promise<void>((resolve) => (heard = resolve));
  const onHandled = () => {
    const tell = heard;
    handled = new Promise<void>((resolve) => (heard = resolve));
    tell();
  };
  return {
    ...it,
    dispatcher,
    jumps,
    /** Ends the run, as a node's stop does. */
    stop() {
      end.abort();
      onHandled();
    },
    run: (actor: Parameters<typeof it.run>[0]) => it.run(actor, undefined, onHandled),
    /** Begins to play; whether it has come to its end. */
    play(actors: readonly RunningActor[]) {
      const played = { ended: false, done: Promise.resolve() };
      played.done = playSimulated({
        clock,
        node: it.node,
        dispatcher,
        actors,
        nextHandled: () => handled,
        signal: end.signal,
      }).then(() => {
        played.ended = true;
      });
      return played;
    },
  };
}

const scheduled = () => history(id, start - day).scheduled();

describe("a simulated clock", () => {
  test("jumps from one due instant to the next, and the run is done when nothing will be due", async () => {
    const it = await scene();
    await it.write(scheduled());
    const played = it.play([it.run(analyseActor(it.node.readModel))]);
    // Nobody serves line-ups and predictions: what waits for them stays pending.
    await settled();
    expect(it.jumps).toEqual([-6 * hour, -1 * hour]);
    expect(it.events("match.analysed")).toMatchObject([{ time: kickoff - 6 * hour }]);
    expect(played.ended).toBe(false);
  });

  test("stands still where nothing is ever due: the run is done", async () => {
    const it = await scene();
    const played = it.play([]);
    await settled();
    expect(played.ended).toBe(true);
    expect(it.jumps).toEqual([]);
  });

  test("is done with a match that was put off for good", async () => {
    const it = await scene();
    await it.write(scheduled().scheduled({ status: "postponed" }));
    const played = it.play([]);
    await settled();
    expect(played.ended).toBe(true);
  });
});

describe("it does not jump", () => {
  test("while a handler runs", async () => {
    const it = await scene();
    await it.write(scheduled());
    const { passed, open } = gate();
    const actor = it.run(
      analyseBy(async function* () {
        await passed;
        yield analysed;
      }),
    );
    it.play([actor]);
    await it.wall.advance(minute);
    expect(it.jumps).toEqual([-6 * hour]);
    open();
    await settled();
    expect(it.jumps).toEqual([-6 * hour, -1 * hour]);
  });

  test("while a delivery is not acknowledged", async () => {
    const { passed, open } = gate();
    const it = await scene({ pause: (point) => (point === "ack:analyse:before" ? passed : Promise.resolve()) });
    await it.write(scheduled());
    it.play([it.run(analyseActor(it.node.readModel))]);
    await settled();
    expect(it.events("match.analysed")).toHaveLength(1);
    expect(it.jumps).toEqual([-6 * hour]);
    open();
    await settled();
    expect(it.jumps).toEqual([-6 * hour, -1 * hour]);
  });

  test("while a delivery waits to be made", async () => {
    const { passed, open } = gate();
    const it = await scene({ pause: (point) => (point === "deliver:intake" ? passed : Promise.resolve()) });
    await it.write(scheduled());
    it.server.publish(letterBox, "?");
    it.play([it.run(intakeActor)]);
    await it.wall.advance(minute);
    expect(it.jumps).toEqual([]);
    open();
    await settled();
    expect(it.jumps).toEqual([-6 * hour]);
  });

  test("while the read model lags behind the log", async () => {
    let held = Promise.resolve();
    const it = await scene({ pause: (point) => (point === "follow" ? held : Promise.resolve()) });
    await it.write(scheduled());
    const { passed, open } = gate();
    held = passed;
    it.server.publish(`match.${id}.noise`, "?");
    it.play([]);
    await it.wall.advance(minute);
    expect(it.jumps).toEqual([]);
    open();
    await settled();
    expect(it.jumps).toEqual([-6 * hour]);
  });

  test("past what a fact made due that the dispatcher has not asked for yet", async () => {
    const held = { pending: Promise.resolve(), append: Promise.resolve() };
    const it = await scene({
      pause: (point) =>
        point === "pending" ? held.pending : point === "append:before" ? held.append : Promise.resolve(),
    });
    const elsewhere = await testNode({ wall: it.wall, server: it.server });
    await it.write(scheduled());
    const [pending, append] = [gate(), gate()];
    held.pending = pending.passed;
    held.append = append.passed;
    it.play([]);
    await settled();
    // Known only now, it is due at once; its request is on its way while the log is asked for its end.
    await elsewhere.write(history("pl-2016-17-c-d", start - day).scheduled({ kickoff: kickoff - 2 * hour }));
    await settled();
    pending.open();
    await settled();
    expect(it.jumps).toEqual([]);
    append.open();
    await settled();
    expect(it.events("match.analysis.requested")).toMatchObject([{ time: start }]);
  });
});

test("a run that is told to stop ends", async () => {
  const it = await scene();
  await it.write(scheduled());
  const { passed, open } = gate();
  const actor = it.run(
    analyseBy(async function* () {
      await passed;
      yield analysed;
    }),
  );
  const played = it.play([actor]);
  await settled();
  it.stop();
  await played.done;
  expect(it.jumps).toEqual([-6 * hour]);
  open();
});

test("a stopped dispatcher keeps nobody waiting", async () => {
  const it = await scene();
  const quiet = it.dispatcher.quiet();
  await it.dispatcher.stop();
  await quiet;
  await it.dispatcher.quiet();
});
