import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openModels } from "../../src/match/answers.ts";
import { backfillEnd, type BackfillScope, costsOf, type Lack, lackOf, planOf } from "../../src/match/backfill.ts";
import { due } from "../../src/match/due.ts";
import type { ModelAnswer, Stage } from "../../src/match/event.ts";
import { type History, history, hour, kickoff, minute, roster, tip } from "../support/history.ts";
import { obey, steps, walk } from "./walk.ts";

const models = roster.map(({ model }) => model).sort();

function scope(life: History, stages: Stage[] | null = null): BackfillScope {
  return { stages, now: life.now, policy: life.policy, roster: models };
}

function lack(life: History, stages: Stage[] | null = null): Lack {
  const found = lackOf(life.match, scope(life, stages));
  if (typeof found === "string") throw new Error(`nothing to run: ${found}`);
  return found;
}

const missedAll = () =>
  history()
    .scheduled()
    .at(kickoff + 2 * hour)
    .finished();

/** 42 models, of which the first 17 answered before kick-off. */
function half(): History {
  const big = Array.from({ length: 42 }, (_, i) => ({ model: `m${10 + i}`, version: "1" }));
  const answers = big.slice(0, 17).map(({ model }): ModelAnswer => ({ ...tip(model), cost: 2 }));
  return history()
    .scheduled()
    .at(kickoff - 6 * hour)
    .requested("analyse")
    .analysed()
    .at(kickoff - 30 * minute)
    .requested("predict", { roster: big })
    .predicted(answers)
    .at(kickoff + 2 * hour)
    .finished()
    .requested("settle")
    .settled();
}

describe("what a match lacks", () => {
  test("nothing was done: analysis, every model of the panel, settlement", () => {
    expect(lack(missedAll())).toEqual({
      matchId: "pl-2016-17-a-b",
      stages: ["analyse", "predict", "settle"],
      models,
      settles: true,
    });
  });

  test("17 of 42 answers: the 25 missing calls, no new analysis, settled anew", () => {
    const found = lack(half());
    expect(found).toMatchObject({ stages: ["predict", "settle"], settles: true });
    expect(found.models).toEqual(Array.from({ length: 25 }, (_, i) => `m${27 + i}`));
    const elsewhere = {
      ...half().match,
      answers: half().match.answers.map((it) => ({ ...it, model: "m51", cost: 3 })),
    };
    expect(planOf([found], costsOf([half().match, elsewhere]))).toMatchObject({
      matches: [{ matchId: "pl-2016-17-a-b", stages: ["predict", "settle"], modelCalls: 25 }],
      modelCalls: 25,
      analyses: 0,
      settlements: 1,
      cost: 3,
    });
  });

  test("a stage that was not asked for is not run, but new answers are scored", () => {
    expect(lack(missedAll(), ["analyse"])).toMatchObject({ stages: ["analyse"], models: [], settles: false });
    expect(lack(half(), ["predict"])).toMatchObject({ stages: ["predict"], settles: true });
    expect(lackOf(half().match, scope(half(), ["settle"]))).toBe("nothing missing");
  });

  test("a settlement that failed is asked for anew; of a cancelled match it is all there is", () => {
    const failed = half().finished(2, 2).requested("settle").failed("settle", { category: "permanent" });
    expect(lack(failed, ["settle"])).toMatchObject({ stages: ["settle"], models: [], settles: true });
    const cancelled = history()
      .scheduled()
      .at(kickoff + hour)
      .scheduled({ status: "cancelled" });
    expect(lack(cancelled)).toMatchObject({ stages: ["settle"], models: [] });
    expect(lackOf(cancelled.requested("settle").settled().match, scope(cancelled))).toBe("nothing missing");
  });

  test("why there is nothing to request", () => {
    const of = (life: History) => lackOf(life.match, scope(life));
    expect(of(history())).toBe("unknown");
    expect(lackOf(null, scope(history()))).toBe("unknown");
    expect(of(history().scheduled())).toBe("not begun");
    expect(of(history().scheduled({ purpose: "history" }))).toBe("history");
    expect(of(history().scheduled({ status: "postponed" }))).toBe("postponed");
    expect(of(missedAll().retro())).toBe("under way");
  });
});

describe("a plan", () => {
  const other = (): Lack => ({ matchId: "pl-2016-17-c-d", stages: ["predict"], models: ["elo"], settles: false });

  test("has one hash for what it runs, in whatever order it was found and whatever it costs", () => {
    const [one, two] = [lack(missedAll()), other()];
    const { planHash } = planOf([one, two], new Map());
    expect(planOf([two, one], new Map([["elo", 3]])).planHash).toBe(planHash);
    expect(planOf([one], new Map()).planHash).not.toBe(planHash);
    expect(planOf([one, { ...two, models: ["pi"] }], new Map()).planHash).not.toBe(planHash);
    expect(planOf([one, { ...two, settles: true }], new Map()).planHash).not.toBe(planHash);
  });
});

const wanted = fc.constantFrom<Stage[] | null>(null, ["analyse"], ["predict"], ["settle"], ["predict", "settle"]);
const runs = { numRuns: Number(process.env.WALKS ?? 1000) };

test("in any life, due asks for what was planned, in order, and calls the planned models", () => {
  let planned = 0;
  fc.assert(
    fc.property(steps, wanted, (path, stages) => {
      const life = walk(path);
      const found = lackOf(life.match, scope(life, stages));
      if (typeof found === "string") return;
      planned++;
      const settling = life.match.stages.settle.request !== null;
      life.retro({ stages: found.stages });
      expect(backfillEnd(life.match, stages)).toBe("running");
      const asked: Stage[] = [];
      for (let turn = 0; turn < 20 && backfillEnd(life.match, stages) === "running"; turn++) {
        for (const it of due(life.match, life.now, life.policy)) {
          if (it.kind !== "request" || it.stage === "lineups") continue;
          if (it.stage !== "settle") expect(it.retroactive).toBe(true);
          asked.push(it.stage);
        }
        life.dispatch();
        if (life.match.stages.analyse.request?.retroactive) life.analysed();
        else if (life.match.stages.predict.request?.retroactive) {
          expect([...openModels(life.match)].sort()).toEqual([...found.models].sort());
          life.predicted(openModels(life.match).map((model) => tip(model)));
        } else if (life.match.stages.settle.request !== null) life.settled();
      }
      const work = asked.filter((stage, at) => asked.indexOf(stage) === at && stage !== "settle");
      expect(work).toEqual(found.stages.filter((stage) => stage !== "settle"));
      // A settlement that was being asked for already is joined.
      if (found.stages.includes("settle") && !settling) expect(asked).toContain("settle");
      // Done means that the same backfill finds nothing more.
      if (backfillEnd(life.match, stages) === "done" && stages === null)
        expect(lackOf(life.match, scope(life, stages))).toBe("nothing missing");
    }),
    runs,
  );
  expect(planned).toBeGreaterThan(runs.numRuns / 10);
});

test("a match that went well lacks nothing", () => {
  const life = history().scheduled();
  obey(life);
  expect(life.match.settlement?.void).toBeNull();
  expect(lackOf(life.match, scope(life))).toBe("nothing missing");
});
