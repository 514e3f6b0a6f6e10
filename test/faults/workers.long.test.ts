import { describe, expect, it } from "vitest";
import { pause, wallClock } from "../../src/clock.ts";
import { ackWaitMs } from "../../src/events/provision.ts";
import { secondsForHours } from "../support/live-node.ts";
import { expectComplete, workers } from "../support/workers.ts";

const second = 1000;

describe("several workers on one log", () => {
  it("take over from one that stands still for twice the ack wait, and it does no harm when it goes on", {
    timeout: 120_000,
  }, async () => {
    const models = { fast: 0, middle: 1000, slow: 2500 };
    const policy = {
      ...secondsForHours,
      due: { analyse: 34 * second, lineups: 33 * second, predict: 30 * second },
      budget: { ...secondsForHours.budget, predict: 4 * second },
    };
    const kickoff = wallClock.now() + 42 * second;
    const names = Array.from({ length: 8 }, (_, i) => `m${i}`);
    const crew = await workers({ matches: names.map((name) => [name, kickoff]), models, policy });
    const [frozen, other] = [crew.start("frozen"), crew.start("other")];
    await Promise.all([frozen.says("up"), other.says("up")]);
    await frozen.says("call");
    process.kill(frozen.child.pid ?? 0, "SIGSTOP");
    await pause(wallClock, 2 * ackWaitMs);
    process.kill(frozen.child.pid ?? 0, "SIGCONT");
    const ids = names.map((name) => `cup-2026-${name}-guest`);
    for (const id of ids) {
      await crew.facts.first(60 * second, id, "match.settled");
      const last = crew.facts.of(id, "match.predicted").at(-1);
      expect(last?.time, id).toBeLessThan(kickoff);
    }
    // What it had in hand was paid for: it is stated when it goes on, beside the other's, and counts for nothing.
    const twice = expectComplete(await crew.all(), ids, Object.keys(models), policy);
    expect(twice.length).toBeLessThanOrEqual(frozen.calls.length);
    const ideal = ids.length * Object.keys(models).length;
    console.log(`${crew.calls().length} model calls, ideal ${ideal}; ${twice.length} answers stated twice, one counts`);
    expect(crew.calls().length).toBeLessThanOrEqual(ideal + frozen.calls.length);
  });

  it("lose one every 20 s, and still state each fact once for 1.02 times the ideal number of calls", {
    timeout: 300_000,
  }, async () => {
    const models = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`model-${i}`, 200]));
    const policy = {
      ...secondsForHours,
      due: { analyse: 30 * second, lineups: 29 * second, predict: 25 * second },
      inFlight: { ...secondsForHours.inFlight },
    };
    // Kick-offs one after the other, so that each worker soon has a match in hand.
    const from = wallClock.now() + 40 * second;
    const names = Array.from({ length: 240 }, (_, i) => `m${i}`);
    const crew = await workers({
      matches: names.map((name, i) => [name, from + i * 350]),
      models,
      policy,
    });
    const places = ["a", "b", "c", "d"];
    const running = places.map((place) => crew.start(place));
    await Promise.all(running.map((worker) => worker.says("up")));
    for (let kill = 0; kill < 4; kill++) {
      await pause(wallClock, 20 * second);
      const at = kill % places.length;
      // Killed with calls in the air, which are lost.
      await running[at]?.asks();
      running[at]?.child.kill("SIGKILL");
      await running[at]?.ended;
      running[at] = crew.start(places[at] ?? "");
    }
    const ids = names.map((name) => `cup-2026-${name}-guest`);
    for (const id of ids) await crew.facts.first(120 * second, id, "match.settled");
    expect(expectComplete(await crew.all(), ids, Object.keys(models), policy)).toEqual([]);
    const ideal = ids.length * Object.keys(models).length;
    console.log(`${crew.calls().length} model calls, ideal ${ideal}`);
    expect(crew.calls().length).toBeGreaterThan(ideal);
    expect(crew.calls().length / ideal).toBeLessThanOrEqual(1.02);
  });
});
