import { describe, expect, test } from "vitest";
import { predictActor } from "../../src/actors/predict.ts";
import type { Faults } from "../../src/events/memory.ts";
import type { Models } from "../../src/forecast/models.ts";
import type { ModelAnswer, ModelTip, RosterEntry } from "../../src/match/event.ts";
import { defaultPolicy } from "../../src/match/policy.ts";
import { failedModel, history, hour, kickoff, minute, roster, second, tip } from "../support/history.ts";
import { manualClock, settled, testNode } from "../support/node.ts";
import { gate } from "./stage-support.ts";

const id = "pl-2016-17-a-b";
const policy = { ...defaultPolicy, budget: { ...defaultPolicy.budget, predict: 20 * second } };

/** Models that answer when the test says so. */
function remoteModels() {
  const asked: string[] = [];
  const stopped: string[] = [];
  const calls = new Map<string, { resolve(answer: ModelAnswer): void; reject(error: unknown): void }>();
  const models: Models = {
    roster,
    ask(model, _question, signal) {
      asked.push(model);
      return new Promise((resolve, reject) => {
        calls.set(model, { resolve, reject });
        signal.addEventListener("abort", () => {
          if (!calls.delete(model)) return;
          stopped.push(model);
          reject(signal.reason as Error);
        });
      });
    },
  };
  function answer(given: ModelAnswer): void {
    calls.get(given.model)?.resolve(given);
    calls.delete(given.model);
  }
  return {
    models,
    asked,
    stopped,
    answer,
    breakDown: (model: string, error: unknown) => calls.get(model)?.reject(error),
  };
}

interface SceneOptions {
  before?: number;
  faults?: Faults;
  /** Of an earlier attempt. */
  answers?: ModelAnswer[];
  /** The panel of this node, where it is not the round's. */
  now?: RosterEntry[];
}

async function scene({ before = 30 * minute, faults = {}, answers, now }: SceneOptions = {}) {
  const it = await testNode({ wall: manualClock(kickoff - before), policy, faults });
  const life = history(id, kickoff - 24 * hour, policy)
    .scheduled()
    .at(kickoff - 6 * hour)
    .requested("analyse")
    .analysed();
  life.at(it.wall.now()).requested("predict");
  if (answers !== undefined) life.predicted(answers).failed("predict").requested("predict");
  await it.write(life);
  const remote = remoteModels();
  const running = it.run(predictActor({ ...remote.models, roster: now ?? roster }));
  await settled();
  const stated = it.events("match.predicted").length;
  const waves = () =>
    it
      .events("match.predicted")
      .slice(stated)
      .map(({ time, data }) => [time - life.now, data.answers.map(({ model }) => model)]);
  return { ...it, ...remote, life, running, waves };
}

describe("answers", () => {
  test("are stated in waves, as they arrive", async () => {
    const it = await scene();
    expect(it.asked).toEqual(["elo", "poisson", "pi"]);
    await it.wall.advance(300);
    it.answer(tip("poisson"));
    it.answer(tip("elo"));
    await it.wall.advance(200);
    expect(it.waves()).toEqual([]);
    await it.wall.advance(2500);
    expect(it.waves()).toEqual([[1000, ["elo", "poisson"]]]);
    it.answer(tip("pi"));
    await settled();
    // Nobody is waited for any more: the last wave comes at once.
    expect(it.waves()).toEqual([
      [1000, ["elo", "poisson"]],
      [3000, ["pi"]],
    ]);
    expect(
      it.events("match.predicted").map(({ causationId, data }) => [causationId, data.round, data.retroactive]),
    ).toEqual([
      [it.life.last.id, 1, false],
      [it.life.last.id, 1, false],
    ]);
    expect(it.events("match.failed")).toEqual([]);
    expect(it.node.readModel.match(id)?.stages.predict.done).not.toBeNull();
    expect(it.server.unacknowledged("predict")).toEqual([]);
  });

  test("that arrive while a wave is being appended are stated too", async () => {
    let held: Promise<void> | null = null;
    const it = await scene({ faults: { pause: async (point) => void (point === "append:after" && (await held)) } });
    it.answer(tip("elo"));
    const { passed, open } = gate();
    held = passed;
    await it.wall.advance(second);
    it.answer(tip("pi"));
    it.answer(tip("poisson"));
    await it.wall.advance(second);
    open();
    await settled();
    expect(it.waves().map(([, models]) => models)).toEqual([["elo"], ["pi", "poisson"]]);
    expect(it.events("match.failed")).toEqual([]);
  });

  test("that are there at once make one wave, at once", async () => {
    const it = await scene();
    for (const { model } of roster) it.answer(tip(model));
    await settled();
    expect(it.waves()).toEqual([[0, ["elo", "pi", "poisson"]]]);
  });

  test.for<[string, Partial<ModelTip>]>([
    ["a cost beyond all numbers", { cost: Number.POSITIVE_INFINITY }],
    ["more tokens than can be counted", { tokens: { in: 2 ** 54, out: 0 } }],
    ["half a goal", { tip: { home: 0.5, away: 0 } }],
  ])("that the log would refuse fail alone: %s", async ([, change]) => {
    const it = await scene();
    it.answer({ ...tip("elo"), ...change });
    it.answer(tip("pi"));
    await it.wall.advance(second);
    it.answer(tip("poisson"));
    await settled();
    expect(it.waves().map(([, models]) => models)).toEqual([["elo", "pi"], ["poisson"]]);
    expect(it.events("match.predicted")[0]?.data.answers[0]).toEqual({
      model: "elo",
      outcome: "failed",
      category: "permanent",
      reason: "its answer is not one that the log can hold",
    });
    expect(it.events("match.failed")).toEqual([]);
    expect(it.node.readModel.match(id)?.stages.predict.done).not.toBeNull();
  });

  test("leave nothing on the clock", async () => {
    const it = await scene();
    const { timers } = it.wall;
    for (const { model } of roster) it.answer(tip(model));
    await settled();
    await it.wall.advance(0);
    expect(it.wall.timers).toBeLessThan(timers);
    const after = it.wall.timers;
    await it.wall.advance(minute);
    expect(it.wall.timers).toBe(after);
  });
});

describe("only open models are called", () => {
  test("again, after a passing failure of some", async () => {
    const it = await scene({
      answers: [tip("elo"), failedModel("poisson", "transient"), failedModel("pi", "permanent")],
    });
    expect(it.asked).toEqual(["poisson"]);
    it.answer(tip("poisson"));
    await settled();
    expect(it.node.readModel.match(id)?.stages.predict.done).not.toBeNull();
  });

  test("after a drain that gave the delivery back, with what had arrived stated", async () => {
    const it = await scene();
    it.answer(tip("elo"));
    await settled();
    const drained = it.running.drain(AbortSignal.abort());
    await it.wall.advance(second);
    await drained;
    expect(it.waves().map(([, models]) => models)).toEqual([["elo"]]);
    expect(it.events("match.failed")).toEqual([]);
    expect(it.stopped.toSorted()).toEqual(["pi", "poisson"]);

    const again = remoteModels();
    it.run(predictActor(again.models));
    await settled();
    expect(again.asked).toEqual(["poisson", "pi"]);
  });
});

describe("when models have failed", () => {
  const iso = (time: number) => new Date(time).toISOString();
  const at = kickoff - 30 * minute;
  const cases: [string, ModelAnswer[], { category: string; names: string; retryAt: number } | null][] = [
    [
      "in passing, the stage is tried again after the retry delay",
      [tip("elo"), failedModel("poisson", "transient"), failedModel("pi", "rate-limited")],
      { category: "transient", names: "2 models have not answered: poisson, pi", retryAt: at + 30 * second },
    ],
    [
      "by their limits alone, no attempt is burnt",
      [tip("elo"), tip("poisson"), failedModel("pi", "rate-limited")],
      { category: "rate-limited", names: "1 model has not answered: pi", retryAt: at + hour },
    ],
    [
      "by limits with an end, the earliest end counts",
      [
        { ...failedModel("elo", "budget"), retryAt: iso(at + 9 * hour) },
        { ...failedModel("poisson", "rate-limited"), retryAt: iso(at + 2 * minute) },
        failedModel("pi", "rate-limited"),
      ],
      { category: "rate-limited", names: "3 models have not answered: elo, poisson, pi", retryAt: at + 2 * minute },
    ],
    [
      "in passing and by a limit, it burns an attempt",
      [
        tip("elo"),
        { ...failedModel("poisson", "rate-limited"), retryAt: iso(at + 5 * minute) },
        failedModel("pi", "transient"),
      ],
      { category: "transient", names: "2 models have not answered: poisson, pi", retryAt: at + 30 * second },
    ],
    ["for good, the stage is done", [tip("elo"), failedModel("poisson", "permanent"), tip("pi")], null],
    [
      "or abstained or rest, the stage is done",
      [
        tip("elo"),
        { model: "poisson", outcome: "abstained", category: null, reason: "" },
        { model: "pi", outcome: "resting", category: null, reason: "" },
      ],
      null,
    ],
  ];
  test.for(cases)("%s", async ([, answers, failure]) => {
    const it = await scene();
    for (const answer of answers) it.answer(answer);
    await settled();
    const failed = it
      .events("match.failed")
      .map(({ data: { category, reason, retryAt } }) => ({ category, names: reason.split(" (")[0], retryAt }));
    expect(failed).toEqual(failure === null ? [] : [{ ...failure, retryAt: new Date(failure.retryAt).toISOString() }]);
    expect(it.node.readModel.match(id)?.stages.predict.done === null).toBe(failure !== null);
    expect(it.waves()).toHaveLength(1);
  });

  test("the reason tells why, and what an operator can do", async () => {
    const it = await scene();
    it.answer(tip("elo"));
    it.answer({
      ...failedModel("poisson", "transient"),
      reason: `its server answered 500 ${"x".repeat(300)}`,
    });
    it.answer(tip("pi"));
    await settled();
    const reason = it.events("match.failed")[0]?.data.reason;
    expect(reason).toMatch(
      /^1 model has not answered: poisson \(its server answered 500 x+\); mend what stays away, or/,
    );
    expect(reason).toMatch(/take it out of FULLTIME_PANEL and restart$/);
  });

  test("by a bug of theirs, the other answers are stated first", async () => {
    const it = await scene();
    it.breakDown("poisson", new TypeError("oops"));
    it.answer(tip("elo"));
    await it.wall.advance(second);
    it.answer(tip("pi"));
    await settled();
    expect(it.waves().map(([, models]) => models)).toEqual([["elo"], ["pi"]]);
    expect(it.events("match.failed")).toMatchObject([{ data: { category: "bug", reason: "TypeError: oops" } }]);
  });
});

describe("told to stop", () => {
  test("at the budget, it states what has arrived, and the attempt failed", async () => {
    const it = await scene();
    await it.wall.advance(19.5 * second);
    it.answer(tip("elo"));
    await it.wall.advance(0.5 * second);
    expect(it.waves()).toEqual([[20_000, ["elo"]]]);
    expect(it.stopped).toEqual(["poisson", "pi"]);
    expect(it.events("match.failed")).toMatchObject([
      { data: { category: "transient", fingerprint: "budget:predict" } },
    ]);
  });

  test("by a match that moved on, it states what has arrived and nothing more", async () => {
    const it = await scene();
    it.answer(tip("elo"));
    await settled();
    await it.write(it.life.scheduled({ status: "postponed" }));
    await it.wall.advance(10 * second);
    expect(it.waves().map(([, models]) => models)).toEqual([["elo"]]);
    expect(it.stopped).toEqual(["poisson", "pi"]);
    it.answer(tip("pi"));
    await it.wall.advance(10 * second);
    expect(it.waves()).toHaveLength(1);
    expect(it.events("match.failed")).toEqual([]);
    expect(it.server.unacknowledged("predict")).toEqual([]);
  });

  test("by the kick-off that a wave ran into, it states what had arrived meanwhile and ends its calls", async () => {
    let held: Promise<void> | null = null;
    const it = await scene({
      before: 1.5 * second,
      faults: { pause: async (point) => void (point === "append:after" && (await held)) },
    });
    it.answer(tip("elo"));
    const { passed, open } = gate();
    held = passed;
    await it.wall.advance(second);
    it.answer(tip("pi"));
    await it.wall.advance(second);
    open();
    await settled();
    expect(it.waves()).toEqual([
      [1000, ["elo"]],
      [2000, ["pi"]],
    ]);
    expect(it.stopped).toEqual(["poisson"]);
    expect(it.node.readModel.match(id)?.answers.map(({ model, late }) => [model, late])).toEqual([
      ["elo", false],
      ["pi", true],
    ]);
    expect(it.events("match.failed")).toEqual([]);
    expect(it.server.unacknowledged("predict")).toEqual([]);
  });
});

test("a member that has become another under the same name does not answer for the one the round was begun with", async () => {
  const now = roster.map((it) => (it.model === "elo" ? { ...it, version: "2" } : it));
  const it = await scene({ now });
  expect(it.asked.toSorted()).toEqual(["pi", "poisson"]);
  await it.wall.advance(policy.waveEvery);
  expect(it.events("match.predicted").map(({ data }) => data.answers)).toMatchObject([
    [{ model: "elo", outcome: "abstained", reason: "the round was begun with its version 1, this node has 2" }],
  ]);
});
