import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { wallClock } from "../../src/clock.ts";
import { liveNode } from "../support/live-node.ts";
import { neverAnswers } from "../support/scripted-models.ts";

const second = 1000;

describe("before and after kick-off, on the wall clock", () => {
  const node = liveNode();
  const { source, models, facts } = node;
  beforeAll(async () => void (await node.start()));
  afterAll(() => node.remove());

  it.concurrent("a match first seen shortly before kick-off runs analyse, line-ups, predict without idling", async () => {
    const id = source.add("late", 5 * second);
    source.lineupsOf.set(id, async () => {
      await facts.passes(wallClock.now() + 300);
      return { available: true, home: ["one"], away: ["two"] };
    });
    const predicted = await facts.first(
      5 * second,
      id,
      "match.predicted",
      () => node.app().readModel.match(id)?.stages.predict.done !== null,
    );
    const story = facts.of(id).filter(({ type }) => !type.startsWith("match.gap."));
    expect(story.map(({ type }) => type)).toEqual(
      expect.arrayContaining([
        "match.analysis.requested",
        "match.lineups.requested",
        "match.analysed",
        "match.lineups",
        "match.prediction.requested",
      ]),
    );
    const [lineups] = facts.of(id, "match.lineups");
    const [asked] = facts.of(id, "match.prediction.requested");
    expect(asked?.sequence).toBeGreaterThan(lineups?.sequence ?? Infinity);
    for (const [at, event] of story.entries()) {
      if (at > 0) expect(event.time - (story[at - 1]?.time ?? 0), event.type).toBeLessThan(2 * second);
    }
    expect(predicted.time).toBeLessThan(source.matches.get(id)?.kickoff ?? 0);
  });

  it.concurrent("a match still scheduled whose kick-off passed gets no normal prediction and waits for retro", async () => {
    const id = source.add("overdue", -5 * second);
    const missed = await facts.first(5 * second, id, "match.failed", ({ data }) => data.stage === "predict");
    expect(missed.data).toMatchObject({ category: "missed", retryAt: null });
    expect(facts.of(id, "match.failed").map(({ data }) => `${data.stage} ${data.category}`)).toEqual([
      "analyse missed",
      "predict missed",
    ]);
    await node.app().readModel.reached(missed.sequence);
    const gaps = node
      .app()
      .readModel.gaps(wallClock.now(), 0, 60 * second, node.policy)
      .filter((it) => it.matchId === id);
    expect(gaps).toMatchObject([{ severity: "missed", nextAction: "retro" }]);
    await facts.until(5 * second, id, () => source.swept.some((ids) => ids.includes(id)) || null);
    await facts.passes(wallClock.now() + 2 * second);
    source.finish(id, 2, 1);
    await facts.first(5 * second, id, "match.settled", ({ data }) => data.void?.reason === "no-analysis");
    expect(
      facts
        .of(id)
        .filter(({ type }) => type.endsWith(".requested"))
        .map(({ type }) => type),
    ).toEqual(["match.settlement.requested"]);
    expect(models.calls.filter(({ matchId }) => matchId === id)).toEqual([]);
  });

  it.concurrent("open stages of a match end as missed at its kick-off", async () => {
    const id = source.add("hanging", 3 * second);
    models.answersOf.set(id, ({ signal }) => neverAnswers(signal));
    const missed = await facts.first(8 * second, id, "match.failed", ({ data }) => data.category === "missed");
    const kickoff = source.matches.get(id)?.kickoff ?? 0;
    expect(missed.data).toMatchObject({ stage: "predict", retryAt: null });
    expect(missed.time - kickoff).toBeGreaterThanOrEqual(0);
    expect(missed.time - kickoff).toBeLessThan(2 * second);
    const calls = () => models.calls.filter(({ matchId }) => matchId === id).length;
    const asked = calls();
    await facts.passes(kickoff + 3 * second);
    expect(calls()).toBe(asked);
    expect(facts.of(id, "match.failed").filter(({ data }) => data.category === "missed")).toHaveLength(1);
  });
});
