import { expect, test } from "vitest";
import { panelTable } from "../../scripts/commands/models.ts";

test("the table tells models that abstained from those that rested", () => {
  const unknown = { pointsInterval: null, rps: null, rpsInterval: null, logLoss: null, logLossInterval: null };
  const counts = { n: 0, points: 0, exact: 0, difference: 0, tendency: 0, calibration: null };
  const row = { model: "oracle", ...counts, ...unknown, abstained: 41, resting: 52, failed: 63, cost: 0.5 };
  const [head, ...rows] = panelTable([row]).trimEnd().split("\n");
  expect(head).toMatch(/abstained +resting +failed +cost$/);
  expect(rows.at(-1)).toMatch(/ 41 +52 +63 +0\.50$/);
});
