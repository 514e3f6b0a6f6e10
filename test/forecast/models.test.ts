import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Family, PlayedMatch } from "../../src/forecast/member.ts";
import { type Question, statisticalModels } from "../../src/forecast/models.ts";
import { createPanel } from "../../src/forecast/panel.ts";
import { storeOf } from "./leagues.ts";
import { fixture, hour, played } from "./support.ts";

const history = Array.from({ length: 200 }, (_, at) => played("a", at % 3, 1, "b", { at }));
const members = ["m", "n"].map((name) => ({ name, family: "slow", version: "1", params: {} }));

/** Members for whom each match takes as long as `learn` says, by a clock that only they move. */
function slowModels(msPerMatch: number, learn: (match: PlayedMatch) => void = () => undefined) {
  let now = 0;
  const family: Family = {
    name: "slow",
    source: "",
    defaults: {},
    ranges: {},
    create: () => ({
      learn(match) {
        now += msPerMatch;
        learn(match);
      },
      predict: () => [[1]],
    }),
  };
  const panel = createPanel(members, new Map([["slow", family]]));
  return statisticalModels(panel, storeOf(history), 3 * hour, () => now);
}

function question(at = 250): Question {
  const next = fixture("a", "b", { at });
  return {
    fixture: next,
    asOf: next.kickoff - 6 * hour,
    names: { home: "a", away: "b" },
    background: () => Promise.reject(new Error("not asked for")),
  };
}

const { signal } = new AbortController();

describe("statistical models", () => {
  it("give way to the event loop while they learn", async () => {
    let learnt = 0;
    let most = 0;
    const models = slowModels(5, () => learnt++);
    const answered = models.ask("m", question(), signal);
    let done = false;
    void answered.then(() => {
      done = true;
    });
    let turns = 0;
    while (!done) {
      const before = learnt;
      await setImmediate();
      most = Math.max(most, learnt - before);
      turns++;
    }
    expect(await answered).toMatchObject({ model: "m", tip: { home: 0, away: 0 }, latencyMs: 1000 });
    // A second of work, in slices of 15 ms.
    expect(turns).toBeGreaterThan(40);
    expect(most).toBeLessThanOrEqual(2 * 4);
  });

  it("teach each member once, however many matches are asked about at the same time", async () => {
    let learnt = 0;
    const models = slowModels(5, () => learnt++);
    const answers = await Promise.all(
      [250, 251, 252].flatMap((at) => members.map(({ name }) => models.ask(name, question(at), signal))),
    );
    expect(answers).toHaveLength(6);
    expect(learnt).toBe(2 * history.length);
  });

  it("end with the signal's reason when told to stop, and keep what they have learnt", async () => {
    let learnt = 0;
    const stop = new AbortController();
    const models = slowModels(5, () => {
      if (++learnt === 100) stop.abort(new Error("drain"));
    });
    const asked = [question(250), question(251)].map((it) => models.ask("m", it, stop.signal));
    const ended = await Promise.allSettled(asked);
    expect(ended.map((it) => it.status === "rejected" && String(it.reason))).toEqual(["Error: drain", "Error: drain"]);
    expect(learnt).toBeLessThan(110);
    await models.ask("m", question(), signal);
    expect(learnt).toBe(history.length);
  });

  it("never answer from a state that threw half-way", async () => {
    let learnt = 0;
    const models = slowModels(5, () => {
      if (++learnt === 7) throw new Error("a defect");
    });
    await expect(models.ask("m", question(), signal)).rejects.toThrow("a defect");
    await models.ask("m", question(), signal);
    expect(learnt).toBe(7 + history.length);
  });

  it("abstain for a model of another panel", async () => {
    expect(await slowModels(0).ask("oracle", question(), signal)).toMatchObject({ outcome: "abstained" });
  });
});
