import { describe, expect, test } from "vitest";
import { createAskModel } from "../../src/actors/ask-model.ts";
import { predictActor } from "../../src/actors/predict.ts";
import type { Faults } from "../../src/events/memory.ts";
import type { Models, Terms } from "../../src/forecast/models.ts";
import type { Category, ModelAnswer, ModelOutcome } from "../../src/match/event.ts";
import { day, failedModel, history, type History, hour, kickoff, minute, second, tip } from "../support/history.ts";
import { manualClock, settled, testNode, type TestNode } from "../support/node.ts";
import { question } from "../forecast/llm/support.ts";
import { gate } from "./stage-support.ts";

const start = kickoff - 4 * hour;
const oracle = [{ model: "oracle", version: "1" }];

/** One model, whose every call waits for the test. */
function oneModel(terms: Partial<Terms> = {}) {
  const calls: { matchId: string; answer(given: ModelAnswer): Promise<void> }[] = [];
  const models: Models = {
    roster: oracle,
    terms: () => ({ lane: "there", concurrency: 64, dailyCostMax: null, ...terms }),
    ask: (_, { fixture }, signal) =>
      new Promise((resolve, reject) => {
        const answer = (given: ModelAnswer) => {
          resolve(given);
          return settled();
        };
        calls.push({ matchId: fixture.matchId, answer });
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      }),
  };
  return { models, calls };
}

/** A match to be predicted by that one model, as of now. */
function asked(node: TestNode, name: string): History {
  const life = history(`pl-2016-17-a-${name}`, kickoff - 24 * hour).scheduled();
  life
    .at(kickoff - 6 * hour)
    .requested("analyse")
    .analysed();
  return life.at(node.wall.now()).requested("predict", { roster: oracle });
}

async function scene(terms: Partial<Terms> = {}, answers: ModelAnswer[] = [], faults: Faults = {}) {
  const it = await testNode({ wall: manualClock(start), faults });
  for (const [at, answer] of answers.entries()) {
    const life = asked(it, `before${at}`).predicted([answer]);
    // One that failed in passing waits for another attempt.
    await it.write(life.match.stages.predict.done === null ? life.failed("predict") : life);
  }
  const one = oneModel(terms);
  it.run(predictActor(one.models));
  await settled();
  const outcomeOf = (name: string): ModelOutcome | undefined =>
    it.node.readModel.match(`pl-2016-17-a-${name}`)?.outcomes[0];
  return {
    ...it,
    ...one,
    outcomeOf,
    tipped: (name: string) => it.node.readModel.match(`pl-2016-17-a-${name}`)?.answers.length === 1,
    async ask(...names: string[]) {
      const lives = names.map((name) => asked(it, name));
      for (const life of lives) await it.write(life);
      await settled();
      return lives;
    },
  };
}

const broken = failedModel("oracle", "permanent");
const fiveTimes = (category: Category) => Array.from({ length: 5 }, () => failedModel("oracle", category));
const resting = { outcome: "resting", category: null };

describe("a model that failed for good five times in a row", () => {
  test("is not called, and its rest is its outcome", async () => {
    const it = await scene({}, fiveTimes("permanent"));
    await it.ask("b");
    expect(it.calls).toEqual([]);
    expect(it.outcomeOf("b")).toMatchObject(resting);
    expect(it.outcomeOf("b")?.reason).toContain(new Date(start + hour).toISOString());
    expect(it.node.readModel.match("pl-2016-17-a-b")?.stages.predict.done).not.toBeNull();
  });

  test.for<[string, ModelAnswer[]]>([
    ["four times", fiveTimes("permanent").slice(1)],
    ["in passing", fiveTimes("transient")],
    ["with an answer between", [broken, broken, tip("oracle"), broken, broken, broken]],
  ])("is called when it failed %s", async ([, answers]) => {
    const it = await scene({}, answers);
    await it.ask("b");
    expect(it.calls).toHaveLength(1);
  });

  test("is probed by one call when its rest is over; the others wait for what it finds", async () => {
    const it = await scene({}, fiveTimes("permanent"));
    await it.wall.advance(hour);
    await it.ask("b", "c", "d");
    expect(it.calls.map(({ matchId }) => matchId)).toEqual(["pl-2016-17-a-b"]);
    await it.calls[0]?.answer(tip("oracle"));
    expect(it.calls).toHaveLength(3);
    for (const { answer } of it.calls) await answer(tip("oracle"));
    await it.wall.advance(second);
    for (const name of ["b", "c", "d"]) expect(it.tipped(name)).toBe(true);
    expect(it.node.readModel.modelHealth("oracle")).toBeNull();
  });

  test("goes on resting when the probe fails, for as long again", async () => {
    const it = await scene({}, fiveTimes("permanent"));
    await it.wall.advance(hour);
    await it.ask("b", "c");
    await it.calls[0]?.answer(broken);
    // Before the log has its wave, too.
    await it.ask("d");
    await it.wall.advance(second);
    expect(it.calls).toHaveLength(1);
    for (const name of ["c", "d"]) expect(it.outcomeOf(name)).toMatchObject(resting);
    await it.wall.advance(hour - 2 * second);
    await it.ask("e");
    expect(it.outcomeOf("e")).toMatchObject(resting);
    await it.wall.advance(2 * second);
    await it.ask("f");
    expect(it.calls).toHaveLength(2);
  });

  test("is probed by the next when the first found nothing out", async () => {
    const it = await scene({}, fiveTimes("permanent"));
    await it.wall.advance(hour);
    await it.ask("b", "c");
    await it.calls[0]?.answer(failedModel("oracle", "transient"));
    expect(it.calls.map(({ matchId }) => matchId.at(-1))).toEqual(["b", "c"]);
  });

  test("rests for calls that were waiting for room when it failed", async () => {
    const it = await scene({ concurrency: 1 }, fiveTimes("permanent").slice(1));
    await it.ask("b", "c", "d");
    await it.calls[0]?.answer(broken);
    // Let in before the log had that failure; the third is not.
    await it.calls[1]?.answer(failedModel("oracle", "transient"));
    expect(it.calls).toHaveLength(2);
    expect(it.outcomeOf("d")).toMatchObject(resting);
  });
});

describe("a ceiling a day", () => {
  const cost = (amount: number): ModelAnswer => ({ ...(tip("oracle") as object), cost: amount }) as ModelAnswer;
  const midnight = Date.parse("2017-01-15T00:00:00.000Z");

  test("that the log says is reached ends calls until midnight", async () => {
    const it = await scene({ dailyCostMax: 5 }, [cost(3), cost(2)]);
    await it.ask("b");
    expect(it.calls).toEqual([]);
    expect(it.outcomeOf("b")).toMatchObject({
      outcome: "failed",
      category: "budget",
      reason: "it has cost 5 today, its ceiling is 5 a day",
      retryAt: new Date(midnight).toISOString(),
    });
    expect(it.events("match.failed").at(-1)?.data).toMatchObject({
      category: "budget",
      retryAt: new Date(midnight).toISOString(),
    });
  });

  test("counts what the log does not show yet", async () => {
    let held: Promise<void> | null = null;
    const pause = async (point: string) => void (point === "append:before" && (await held));
    const it = await scene({ dailyCostMax: 5, concurrency: 1 }, [cost(3)], { pause });
    await it.ask("b", "c");
    const { passed, open } = gate();
    held = passed;
    await it.calls[0]?.answer(cost(2));
    expect(it.node.readModel.modelCost("oracle", start)).toBe(3);
    expect(it.calls).toHaveLength(1);
    open();
    await it.wall.advance(second);
    expect(it.tipped("b")).toBe(true);
    expect(it.outcomeOf("c")).toMatchObject({ category: "budget" });
  });

  test("is a new one each day", async () => {
    const it = await scene({ dailyCostMax: 5 }, [cost(9)]);
    await it.wall.advance(midnight - start);
    const life = history("pl-2016-17-a-b", it.wall.now()).scheduled({ kickoff: kickoff + day });
    life.requested("analyse").analysed().requested("predict", { roster: oracle });
    await it.write(life);
    await settled();
    expect(it.calls).toHaveLength(1);
  });
});

describe("a model that said when to come back", () => {
  const limited = (retryAt: number): ModelAnswer => ({
    ...failedModel("oracle", "rate-limited"),
    retryAt: new Date(retryAt).toISOString(),
  });

  test("makes the stage wait until then", async () => {
    const it = await scene();
    await it.ask("b");
    await it.calls[0]?.answer(limited(start + 7 * minute));
    expect(it.events("match.failed").map(({ data }) => [data.category, data.retryAt])).toEqual([
      ["rate-limited", new Date(start + 7 * minute).toISOString()],
    ]);
  });

  test("is not called before, whoever asks; nor again once it has answered", async () => {
    const it = await scene();
    const [life] = await it.ask("b");
    await it.calls[0]?.answer(limited(start + 7 * minute));
    if (life === undefined) throw new Error("no life");
    life
      .predicted([limited(start + 7 * minute)])
      .failed("predict", { category: "rate-limited", retryAt: start + 7 * minute });
    const again = async (at: number) => {
      await it.wall.advance(at - it.wall.now());
      const events = it.events("match.prediction.requested");
      const known = it.node.readModel.match(life.id);
      await it.node.log.append({ root: "match", id: life.id }, known?.version ?? 0, [
        {
          ...(events[0] as (typeof events)[0]),
          id: it.node.newId(it.wall.now()),
          time: it.wall.now(),
          causationId: known?.stages.predict.failure?.id ?? null,
        },
      ]);
      await settled();
    };
    await again(start + minute);
    expect(it.calls).toHaveLength(1);
    expect(it.events("match.failed")).toHaveLength(2);
    await again(start + 7 * minute);
    expect(it.calls).toHaveLength(2);
    await it.calls[1]?.answer(tip("oracle"));
    expect(it.tipped("b")).toBe(true);
  });
});

test("at one address, the smallest number named counts, and what is asked in time goes before what is in hindsight", async () => {
  const it = await testNode({ wall: manualClock(start) });
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const names = ["a", "b", "c", "d"];
  const ask = createAskModel({
    roster: names.map((model) => ({ model, version: "1" })),
    terms: (model) => ({ lane: "there", concurrency: model === "c" ? 1 : 64, dailyCostMax: null }),
    ask(model) {
      begun.push(model);
      return new Promise((resolve) => ends.push(() => resolve(tip(model))));
    },
  });
  const { signal } = new AbortController();
  const asked = names.map((model) => ask(it.node, { model, question: question(), live: model !== "b", signal }));
  for (const upTo of [["a"], ["a", "c"], ["a", "c", "d"], ["a", "c", "d", "b"]]) {
    await settled();
    expect(begun).toEqual(upTo);
    ends.shift()?.();
  }
  expect(await Promise.all(asked)).toEqual(names.map((model) => tip(model)));
});
