import { describe, expect, it } from "vitest";
import { wallClock } from "../../src/clock.ts";
import { liveNode, type LiveNodeOptions, secondsForHours } from "../support/live-node.ts";
import { serverPid } from "../support/node-process.ts";
import { neverAnswers, tipOf } from "../support/scripted-models.ts";
import { startTestServer } from "../support/server.ts";

const second = 1000;

describe("what is not a match's fault burns none of its attempts, on the wall clock", () => {
  const patient: LiveNodeOptions = {
    policy: {
      due: { analyse: 32 * second, lineups: 31 * second, predict: 30 * second },
      budget: { poll: 2000, analyse: 2000, lineups: 1000, predict: 40_000, settle: 2000 },
    },
  };

  it.concurrent("a stop while models are being asked", { timeout: 60_000 }, async ({ onTestFinished: finished }) => {
    const server = await startTestServer();
    const node = liveNode({ ...patient, natsUrl: server.url });
    finished(() => node.remove().finally(() => server.stop()));
    const { source, models, facts } = node;
    await node.start();
    const id = source.add("stopped", node.policy.due.predict);
    models.answersOf.set(id, ({ model, call, signal }) =>
      model === "pi" && call === 1 ? neverAnswers(signal) : tipOf(model),
    );
    await facts.first(5 * second, id, "match.predicted");
    const abandoned = await node.stop();
    expect(abandoned).toEqual([
      expect.stringMatching(/^predict: match\.cup-2026-stopped-guest\.prediction\.requested/),
    ]);
    await node.start();
    // It was given back, so nobody waits for the server to miss it.
    await facts.until(3 * second, id, () => (facts.of(id, "match.predicted").length === 2 ? true : null));
    expect(facts.of(id, "match.failed")).toEqual([]);
    expect(facts.of(id, "match.prediction.requested").map(({ data }) => data.attempt)).toEqual([1]);
    expect(models.calls.filter((call) => call.matchId === id).map(({ model }) => model)).toEqual([
      "elo",
      "pi",
      "poisson",
      "pi",
    ]);
  });

  it.concurrent("a server that is killed while models are being asked", { timeout: 60_000 }, async ({
    onTestFinished: finished,
  }) => {
    const node = liveNode(patient);
    finished(() => node.remove());
    const { source, models, facts } = node;
    await node.start();
    const id = source.add("lost", node.policy.due.predict);
    let release = () => {};
    const gate = new Promise<void>((open) => (release = open));
    models.answersOf.set(id, async ({ model }) => {
      if (model === "pi") await gate;
      return tipOf(model);
    });
    await facts.first(5 * second, id, "match.predicted");
    const pid = serverPid(node.dataDir);
    if (pid === null) throw new Error("the server has no pid");
    process.kill(pid, "SIGKILL");
    // The answer arrives while nobody can write it down.
    release();
    await facts.until(15 * second, id, () => (facts.of(id, "match.predicted").length === 2 ? true : null));
    expect(serverPid(node.dataDir)).not.toBe(pid);
    expect(facts.of(id, "match.failed")).toEqual([]);
    expect(facts.of(id, "match.prediction.requested")).toHaveLength(1);
    expect(models.calls.filter((call) => call.matchId === id)).toHaveLength(3);
    // And life goes on.
    source.set(id, { status: "cancelled" });
    await facts.first(10 * second, id, "match.settled");
  });

  it.concurrent("polls fall due by the last one, however often the node is restarted", { timeout: 60_000 }, async ({
    onTestFinished: finished,
  }) => {
    const node = liveNode({
      // A poll that a restart cuts off is asked again soon, as a minute is among hours.
      policy: { pollEvery: 3 * second, budget: { ...secondsForHours.budget, poll: 300 }, unansweredAfter: 200 },
    });
    finished(() => node.remove());
    const { facts } = node;
    await node.start();
    const fixtures = () => facts.polls("source.polled").filter(({ data }) => data.kind === "fixtures");
    const first = await facts.until(5 * second, "a first poll", () => fixtures()[0]);
    const end = first.time + 8.9 * second;
    let restarts = 0;
    while (wallClock.now() < end) {
      await node.stop();
      await node.start();
      restarts++;
    }
    const times = fixtures()
      .map(({ time }) => time)
      .filter((time) => time < end);
    expect(restarts).toBeGreaterThan(4);
    expect(times).toHaveLength(3);
    for (const [at, time] of times.entries()) {
      if (at === 0) continue;
      const waited = time - (times[at - 1] ?? 0);
      expect(waited).toBeGreaterThanOrEqual(3 * second);
      expect(waited).toBeLessThan(5 * second);
    }
  });
});
