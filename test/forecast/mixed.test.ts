import { expect, test } from "vitest";
import { mixedModels } from "../../src/forecast/mixed.ts";
import type { Models } from "../../src/forecast/models.ts";
import { tip } from "../support/history.ts";
import { question } from "./llm/support.ts";

const entry = (model: string) => ({ model, version: "1" });
const { signal } = new AbortController();

function part(models: string[], terms?: Models["terms"]): Models {
  const own = { roster: models.map(entry), ask: (model: string) => Promise.resolve(tip(model, models.length)) };
  return terms === undefined ? own : { ...own, terms };
}

test("each member is asked where it belongs, on its terms, in the order of the roster", async () => {
  const terms = { lane: "there", concurrency: 1, dailyCostMax: null };
  const models = mixedModels(["b", "x", "a"].map(entry), [part(["a", "b"]), part(["x"], () => terms)]);
  expect(models.roster.map(({ model }) => model)).toEqual(["b", "x", "a"]);
  expect(await models.ask("a", question(), signal)).toEqual(tip("a", 2));
  expect(await models.ask("x", question(), signal)).toEqual(tip("x", 1));
  expect(["a", "x"].map((model) => models.terms?.(model))).toEqual([null, terms]);
});

test("a model that was taken off the panel abstains from the rounds it is frozen into", async () => {
  const models = mixedModels([entry("a")], [part(["a"])]);
  expect(await models.ask("gone", question(), signal)).toMatchObject({ outcome: "abstained", category: null });
});

test("a roster that names a stranger is a mistake", () => {
  expect(() => mixedModels([entry("a"), entry("z")], [part(["a"])])).toThrow('nobody answers for model "z"');
});
