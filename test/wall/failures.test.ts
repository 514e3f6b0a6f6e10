import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { wallClock } from "../../src/clock.ts";
import type { MatchEventType, Recorded } from "../../src/match/event.ts";
import { SourceError } from "../../src/sources/source.ts";
import { liveNode } from "../support/live-node.ts";
import { failureOf, neverAnswers, tipOf } from "../support/scripted-models.ts";

const second = 1000;

/** How long after its time a retry, a missed or any other due thing may be asked for. */
const promptly = 2 * second;

type Failed = Recorded<"match.failed">;

describe("attempts and failures, on the wall clock", () => {
  const node = liveNode();
  const { source, models, facts, policy } = node;
  const warnings: string[] = [];
  const onWarning = ({ message }: Error) => void warnings.push(message);
  beforeAll(async () => {
    process.on("warning", onWarning);
    await node.start();
  });
  afterAll(async () => {
    await node.remove();
    process.off("warning", onWarning);
    // Such as of a leak, because many matches listen to one signal.
    expect(warnings).toEqual([]);
  });

  const failuresOf = (id: string, stage: string): Failed[] =>
    facts.of(id, "match.failed").filter(({ data }) => data.stage === stage);
  const predicted = (id: string) =>
    facts.until(15 * second, id, () => (facts.of(id, "match.predicted").length > 0 ? true : null));

  it.concurrent("five attempts at the policy's delays, then given up, then once in a while until kick-off", async () => {
    const id = source.add("broken", 10.2 * second);
    models.answersOf.set(id, ({ model }) => (model === "pi" ? failureOf(model, "transient") : tipOf(model)));
    const last = await facts.first(15 * second, id, "match.failed", ({ data }) => data.attempt === 5);
    const failures = failuresOf(id, "predict").filter(({ sequence }) => sequence <= last.sequence);
    expect(failures.map(({ data }) => [data.attempt, data.of, data.category, data.retryAt === null])).toEqual([
      [1, 5, "transient", false],
      [2, 5, "transient", false],
      [3, 5, "transient", false],
      [4, 5, "transient", false],
      [5, 5, "transient", true],
    ]);
    const requests = facts.of(id, "match.prediction.requested");
    for (const [at, { data, time, id: failure }] of failures.entries()) {
      expect(data.reason).toContain("pi");
      const next = requests.find(({ causationId }) => causationId === failure);
      if (data.retryAt === null) continue;
      const retryAt = Date.parse(data.retryAt);
      expect(Math.abs(retryAt - time - (policy.retryDelays[at] ?? 0))).toBeLessThan(50);
      expect(next?.data).toMatchObject({ attempt: data.attempt + 1, reason: "retry" });
      expect(next?.time).toBeGreaterThanOrEqual(retryAt);
      expect(next?.time).toBeLessThan(retryAt + promptly);
    }
    // Only the model that failed is asked again, and the answers of the others stand.
    expect(models.calls.filter((call) => call.matchId === id && call.model !== "pi")).toHaveLength(2);
    const again = await facts.first(5 * second, id, "match.prediction.requested", ({ data }) => data.attempt === 6);
    expect(again.time - last.time).toBeGreaterThanOrEqual(policy.askAgainEvery);
    expect(again.time - last.time).toBeLessThan(policy.askAgainEvery + promptly);
    models.answersOf.delete(id);
    await facts.until(5 * second, id, () => (node.app().readModel.match(id)?.stages.predict.done ? true : null));
  });

  it.concurrent("a budget ends its attempt within a second, and what had arrived stands", async () => {
    const id = source.add("slow", 10.2 * second);
    const aborted: number[] = [];
    models.answersOf.set(id, ({ model, call, signal }) => {
      if (model !== "pi" || call > 2) return tipOf(model);
      const began = wallClock.now();
      signal.addEventListener("abort", () => aborted.push(wallClock.now() - began), { once: true });
      // The first time it does not even listen.
      return neverAnswers(call === 1 ? null : signal);
    });
    await facts.until(15 * second, id, () => (node.app().readModel.match(id)?.stages.predict.done ? true : null));
    expect(failuresOf(id, "predict").map(({ data }) => [data.attempt, data.category, data.fingerprint])).toEqual([
      [1, "transient", "budget:predict"],
      [2, "transient", "budget:predict"],
    ]);
    expect(aborted).toHaveLength(2);
    for (const after of aborted) {
      expect(after).toBeGreaterThan(policy.budget.predict - 100);
      expect(after).toBeLessThan(policy.budget.predict + second);
    }
    for (const failure of failuresOf(id, "predict")) {
      const asked = facts.of(id, "match.prediction.requested").find((it) => it.id === failure.causationId);
      expect(failure.time - (asked?.time ?? 0)).toBeLessThan(policy.budget.predict + 2 * second);
    }
    expect(models.calls.filter(({ matchId }) => matchId === id)).toHaveLength(5);
  });

  it.concurrent("categories come from typed errors, whatever their text says", async () => {
    const at = wallClock.now() + 1500;
    const errors = {
      transient: () => new SourceError("transient", "404 not found, permanent"),
      limited: () => new SourceError("rate-limited", "timeout", { retryAt: at }),
      budget: () => new SourceError("budget", "503", { retryAt: at }),
      permanent: () => new SourceError("permanent", "rate limit, come back in a second"),
      bug: () => new Error("rate-limited: transient, permanent"),
      "other-bug": () => new RangeError("rate-limited: transient, permanent"),
    };
    const ids = Object.entries(errors).map(([name, make]) => {
      const id = source.add(`typed-${name}`.replaceAll("-", ""), 12.9 * second);
      source.lineupsOf.set(id, (call) => {
        if (call === 1) throw make();
        return { available: true, home: [], away: [] };
      });
      return id;
    });
    const [transient, limited, budget, permanent, bug, otherBug] = await Promise.all(
      ids.map(async (id) => (await facts.first(5 * second, id, "match.failed")).data),
    );
    expect(transient).toMatchObject({ category: "transient", attempt: 1 });
    expect(limited).toMatchObject({ category: "rate-limited", attempt: 1, retryAt: new Date(at).toISOString() });
    expect(budget).toMatchObject({ category: "budget", attempt: 1, retryAt: new Date(at).toISOString() });
    expect(permanent).toMatchObject({ category: "permanent", attempt: 1, retryAt: null });
    expect(bug).toMatchObject({ category: "bug", attempt: 1 });
    expect(bug?.fingerprint).toMatch(/^bug:[0-9a-f]{12}$/);
    expect(otherBug?.fingerprint).toMatch(/^bug:[0-9a-f]{12}$/);
    expect(otherBug?.fingerprint).not.toBe(bug?.fingerprint);
    // Who was told to come back at a time is asked then, and has burnt no attempt.
    for (const id of ids.slice(1, 3)) {
      await facts.first(6 * second, id, "match.lineups");
      const [, again] = facts.of(id, "match.lineups.requested");
      expect(again?.data.attempt).toBe(1);
      expect(again?.time).toBeGreaterThanOrEqual(at);
      expect(again?.time).toBeLessThan(at + promptly);
    }
  });

  it.concurrent("what failed for good is asked again only on new input", async () => {
    const id = source.add("refused", 12.9 * second);
    source.lineupsOf.set(id, (call) => {
      if (call === 1) throw new SourceError("permanent", "no such match");
      return { available: true, home: ["one"], away: ["two"] };
    });
    const failed = await facts.first(5 * second, id, "match.failed");
    expect(failed.data).toMatchObject({ stage: "lineups", category: "permanent", retryAt: null });
    // Longer than a first or second retry waits, or line-ups that are not there yet; before predict ends them.
    await facts.passes(failed.time + second / 2);
    expect(facts.of(id, "match.lineups.requested")).toHaveLength(1);
    source.set(id, { kickoff: wallClock.now() + 12.9 * second });
    const moved = await facts.first(5 * second, id, "match.scheduled", ({ data }) => data.changed.includes("kickoff"));
    const lineups = await facts.first(5 * second, id, "match.lineups");
    expect(lineups.data.available).toBe(true);
    expect(lineups.sequence).toBeGreaterThan(moved.sequence);
  });

  it.concurrent("a stage behind a failed one is shown as blocked by it, and runs once the retry succeeds", async () => {
    const id = source.add("behind", 9 * second);
    const { readModel } = node.app();
    const asOf = (source.matches.get(id)?.kickoff ?? 0) - policy.due.analyse - policy.resultUsableAfter;
    const results = readModel.results.bind(readModel);
    let broken = true;
    readModel.results = (league, until) => {
      if (broken && until === asOf) throw new Error("the results cannot be read");
      return results(league, until);
    };
    const failed = await facts.first(5 * second, id, "match.failed", ({ data }) => data.attempt === 5);
    expect(failed.data).toMatchObject({ stage: "analyse", category: "bug" });
    await readModel.reached(failed.sequence);
    const gap = readModel.gaps(wallClock.now(), 60 * second, 0, policy).find(({ matchId }) => matchId === id);
    expect(gap).toMatchObject({ missing: ["analyse", "predict"] });
    expect(gap?.reason).toMatch(/^analysis bug: .*; predictions wait for it$/);
    expect(facts.of(id, "match.prediction.requested")).toEqual([]);
    broken = false;
    await predicted(id);
    const [analysed] = facts.of(id, "match.analysed");
    const [asked] = facts.of(id, "match.prediction.requested");
    expect((asked?.time ?? 0) - (analysed?.time ?? 0)).toBeLessThan(promptly);
  });

  it.concurrent("one match whose handler always throws ends as bug and costs the others nothing", async () => {
    const id = source.add("poison", 9 * second);
    models.answersOf.set(id, () => {
      throw new TypeError("cannot read properties of undefined");
    });
    const others = Array.from({ length: 10 }, (_, at) => source.add(`beside${at}`, 9 * second));
    const last = await facts.first(12 * second, id, "match.failed", ({ data }) => data.attempt === 5);
    const failures = failuresOf(id, "predict").slice(0, 5);
    expect(failures.map(({ data }) => data.category)).toEqual(Array.from({ length: 5 }, () => "bug"));
    expect(new Set(failures.map(({ data }) => data.fingerprint)).size).toBe(1);
    expect(last.data.retryAt).toBeNull();
    for (const other of others) {
      const [request] = facts.of(other, "match.prediction.requested");
      const done = await facts.first(5 * second, other, "match.predicted");
      expect(done.time - (request?.time ?? 0)).toBeLessThan(promptly);
      expect(typesOf(other)).not.toContain("match.failed");
      // Each model was asked once.
      expect(models.calls.filter(({ matchId }) => matchId === other)).toHaveLength(3);
    }
  });

  function typesOf(id: string): MatchEventType[] {
    return facts.of(id).map(({ type }) => type);
  }
});
