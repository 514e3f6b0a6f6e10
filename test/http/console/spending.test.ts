import { expect, test } from "vitest";
import { shareOf } from "../../../src/http/console/components/plan.tsx";
import { spendingOf } from "../../../src/http/console/spending.ts";
import { plantedSeason, seasonNow } from "../../support/console-season.ts";
import { history, hour, kickoff, minute, tip } from "../../support/history.ts";
import { manualClock, testNode } from "../../support/node.ts";

const asked = { model: "elo", cost: 1.5 };

test("what the panel has cost today, by the log, and what it may", async () => {
  const it = await testNode({ wall: manualClock(seasonNow) });
  for (const life of plantedSeason()) await it.write(life);
  const { readModel } = it.node;
  const roster = ["elo", "poisson", "pi"];
  expect(spendingOf({ roster }, readModel, seasonNow)).toEqual({ spent: 0, ceiling: null });
  const dailyCostMax = (model: string) => (model === asked.model ? 6 : null);
  expect(spendingOf({ roster, dailyCostMax }, readModel, seasonNow)).toEqual({ spent: 0, ceiling: 6 });

  const paid = history("pl-2016-17-paid-one", kickoff - 47 * hour)
    .scheduled({ kickoff: kickoff + 20 * minute })
    .at(kickoff - 6 * hour)
    .requested("analyse")
    .after(minute)
    .analysed()
    .at(kickoff - 10 * minute)
    .requested("predict")
    .after(minute)
    .predicted([{ ...tip("elo"), cost: asked.cost }, tip("poisson"), tip("pi")]);
  await it.write(paid);
  expect(spendingOf({ roster, dailyCostMax }, readModel, seasonNow)).toEqual({ spent: 1.5, ceiling: 6 });
  // Yesterday's are another day's; one that costs something and has no ceiling leaves nothing to have a share of.
  expect(spendingOf({ roster, dailyCostMax }, readModel, seasonNow - 24 * hour).spent).toBe(0);
  expect(spendingOf({ roster }, readModel, seasonNow)).toEqual({ spent: 1.5, ceiling: null });
});

test.each([
  [0, { spent: 0, ceiling: null }, "none: no answer has cost anything"],
  [0.5, { spent: 1.5, ceiling: null }, "no ceiling is set; today has cost 1.5"],
  [0.5, { spent: 1.5, ceiling: 6 }, "8.33 % of 6; 1.5 is spent today"],
  [5, { spent: 1.5, ceiling: 6 }, "83.33 % of 6; 1.5 is spent today: more than is left"],
])("a plan of %d with %o: %s", (cost, spending, text) => {
  expect(shareOf(cost, spending)).toBe(text);
});
