import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { wallClock } from "../../src/clock.ts";
import { liveNode } from "../support/live-node.ts";
import { neverAnswers, tipOf } from "../support/scripted-models.ts";

const second = 1000;

describe("reschedules and endings, on the wall clock", () => {
  const node = liveNode();
  const { source, models, facts, policy } = node;
  beforeAll(async () => void (await node.start()));
  afterAll(() => node.remove());

  const done = (id: string, stage: "analyse" | "lineups" | "predict") =>
    facts.until(10 * second, id, () => (node.app().readModel.match(id)?.stages[stage].done ? true : null));
  const state = (id: string) => node.app().readModel.match(id);

  it.concurrent("moved by less than the limit: new due times at once, predictions stand", async () => {
    const id = source.add("moved", 10.5 * second);
    await done(id, "predict");
    const calls = models.calls.filter(({ matchId }) => matchId === id).length;
    const kickoff = (source.matches.get(id)?.kickoff ?? 0) + policy.newRoundAfterMove;
    source.set(id, { kickoff });
    const moved = await facts.first(3 * second, id, "match.scheduled", ({ data }) => data.changed.includes("kickoff"));
    await node.app().readModel.reached(moved.sequence);
    expect(wallClock.now() - moved.time).toBeLessThan(2 * second);
    const rows = node.app().readModel.stageRows(id);
    expect(rows.map(({ round, stage }) => [round, stage])).toEqual([
      [1, "analyse"],
      [1, "lineups"],
      [1, "predict"],
    ]);
    expect(state(id)?.stages.predict.done).not.toBeNull();
    await facts.passes(wallClock.now() + 2 * second);
    expect(state(id)?.round.number).toBe(1);
    expect(models.calls.filter(({ matchId }) => matchId === id)).toHaveLength(calls);
  });

  it.concurrent("moved before it is due: it is asked for by the new time, not by the old one", async () => {
    const id = source.add("later", 16 * second);
    await facts.first(3 * second, id, "match.scheduled");
    const kickoff = wallClock.now() + 18 * second;
    source.set(id, { kickoff });
    await facts.first(3 * second, id, "match.scheduled", ({ data }) => data.changed.includes("kickoff"));
    const asked = await facts.first(8 * second, id, "match.analysis.requested");
    expect(asked.time).toBeGreaterThanOrEqual(kickoff - policy.due.analyse);
    expect(asked.time).toBeLessThan(kickoff - policy.due.analyse + 2 * second);
  });

  it.concurrent("moved further: round 2 begins, and round 1's calls stop within one wave", async () => {
    const id = source.add("far", 9.5 * second);
    let aborted: number | null = null;
    models.answersOf.set(id, ({ model, call, signal }) => {
      if (model === "pi" && call === 1) {
        signal.addEventListener("abort", () => (aborted = wallClock.now()), { once: true });
        return neverAnswers(signal);
      }
      return tipOf(model);
    });
    await facts.first(5 * second, id, "match.predicted");
    const before = source.matches.get(id)?.kickoff ?? 0;
    const kickoff = before + policy.newRoundAfterMove + second;
    source.set(id, { kickoff });
    const moved = await facts.first(5 * second, id, "match.scheduled", ({ data }) => data.changed.includes("kickoff"));
    await facts.until(5 * second, id, () => aborted);
    expect((aborted ?? Infinity) - moved.time).toBeLessThan(policy.waveEvery + second);
    await facts.passes(moved.time + 2 * second);
    const late = facts.of(id, "match.predicted").filter(({ sequence }) => sequence > moved.sequence);
    expect(late.length).toBeLessThanOrEqual(1);
    expect(facts.of(id, "match.failed")).toEqual([]);
    const anew = await facts.first(15 * second, id, "match.analysis.requested", ({ data }) => data.round === 2);
    const lateBy = anew.time - (kickoff - policy.due.analyse);
    expect(lateBy).toBeGreaterThanOrEqual(0);
    expect(lateBy).toBeLessThan(2 * second);
    await facts.until(10 * second, id, () =>
      state(id)?.round.number === 2 && state(id)?.stages.predict.done ? true : null,
    );
    // All three anew, for the new date.
    expect(models.calls.filter(({ matchId, call }) => matchId === id && call === 2)).toHaveLength(3);
  });

  it.concurrent("cancelled while predicting: nothing after the wave in flight, settled void, no failure", async () => {
    const id = source.add("cancelled", 9.5 * second);
    let aborted: number | null = null;
    models.answersOf.set(id, ({ model, signal }) => {
      if (model !== "pi") return tipOf(model);
      signal.addEventListener("abort", () => (aborted = wallClock.now()), { once: true });
      return neverAnswers(signal);
    });
    await facts.first(5 * second, id, "match.predicted");
    source.set(id, { status: "cancelled" });
    const cancelled = await facts.first(3 * second, id, "match.scheduled", ({ data }) => data.status === "cancelled");
    const settled = await facts.first(5 * second, id, "match.settled");
    expect((aborted ?? Infinity) - cancelled.time).toBeLessThan(policy.waveEvery + 500);
    expect(settled.data).toMatchObject({ void: { reason: "cancelled", status: "cancelled" }, points: [] });
    await facts.passes(settled.time + 3 * second);
    expect(
      facts.of(id, "match.predicted").filter(({ sequence }) => sequence > cancelled.sequence).length,
    ).toBeLessThanOrEqual(1);
    expect(facts.of(id, "match.failed")).toEqual([]);
    expect(facts.of(id, "match.prediction.requested")).toHaveLength(1);
    const { readModel } = node.app();
    expect(readModel.failures({ matchId: id })).toEqual([]);
    expect(readModel.gaps(wallClock.now(), 60 * second, 60 * second, policy).filter((it) => it.matchId === id)).toEqual(
      [],
    );
  });

  it.concurrent("a corrected result is a new revision, and everything is scored again; a repeated one is nothing", async () => {
    const id = source.add("corrected", 3 * second);
    await done(id, "predict");
    const kickoff = source.matches.get(id)?.kickoff ?? 0;
    await facts.passes(kickoff + policy.resultAfterKickoff);
    const scores = [
      [1, 0],
      [0, 2],
      [1, 0],
    ] as const;
    for (const [at, [home, away]] of scores.entries()) {
      source.finish(id, home, away);
      const settled = await facts.first(5 * second, id, "match.settled", ({ data }) => data.revision === at + 1);
      expect(settled.data.points.map(({ model }) => model)).toEqual(["elo", "pi", "poisson"]);
      const points = settled.data.points.map((it) => it.points);
      // A sole tendency has the lowest quota, 2; an exact tip earns 1 and 3 more.
      expect(points).toEqual(home > away ? [6, 6, 6] : [0, 0, 0]);
      // Polled again and again, the same result is no news.
      await facts.passes(settled.time + 2 * second);
    }
    expect(facts.of(id, "match.finished").map(({ data }) => [data.revision, data.score.regular])).toEqual(
      scores.map(([home, away], at) => [at + 1, { home, away }]),
    );
    expect(facts.of(id, "match.settled")).toHaveLength(3);
  });

  it.concurrent("postponed: nothing is asked for and nothing missed until there is a new date", async () => {
    const id = source.add("postponed", 2 * second);
    source.set(id, { status: "postponed" });
    await facts.first(3 * second, id, "match.scheduled");
    await facts.passes((source.matches.get(id)?.kickoff ?? 0) + 2 * second);
    expect(facts.of(id).map(({ type }) => type)).toEqual(["match.scheduled"]);
    source.set(id, { status: "scheduled", kickoff: wallClock.now() + 10 * second });
    await done(id, "predict");
  });
});
