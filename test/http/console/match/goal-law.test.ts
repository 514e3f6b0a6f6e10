import fc from "fast-check";
import { expect, test } from "vitest";
import { cellOf, goalsShown, scoreGrid } from "../../../../src/http/console/match/goal-law.ts";
import { tendency } from "../../../../src/match/settlement.ts";

const mean = fc.double({ min: 0.05, max: 5, noNaN: true });
const chances = fc
  .tuple(...[0, 1, 2].map(() => fc.double({ min: 0.01, max: 1, noNaN: true })))
  .map(([home = 1, draw = 1, away = 1]) => {
    const sum = home + draw + away;
    return { home: home / sum, draw: draw / sum, away: away / sum };
  });

function sumsOf(grid: ReturnType<typeof scoreGrid>) {
  const sums = { home: 0, draw: 0, away: 0 };
  grid.forEach((row, home) => row.forEach((p, away) => (sums[tendency({ home, away })] += p)));
  return sums;
}

test("a grid is a distribution, and its thirds are the panel's chances", () => {
  fc.assert(
    fc.property(mean, mean, fc.option(chances), (home, away, panel) => {
      const grid = scoreGrid({ home, away }, panel);
      expect(grid).toHaveLength(goalsShown + 1);
      const sums = sumsOf(grid);
      expect(sums.home + sums.draw + sums.away).toBeCloseTo(1, 9);
      if (panel !== null)
        for (const of of ["home", "draw", "away"] as const) expect(sums[of]).toBeCloseTo(panel[of], 9);
    }),
  );
});

test("single scores without a panel: Poisson counts, as in the tables", () => {
  const grid = scoreGrid({ home: 1.5, away: 1 }, null);
  // e^-1.5 e^-1, and 1.5^2/2 of it for two goals to none.
  expect(grid[0]?.[0]).toBeCloseTo(0.0820849986, 9);
  expect(grid[2]?.[0]).toBeCloseTo(0.0923456235, 9);
});

test("what is beyond the grid falls into its last row or column", () => {
  expect(cellOf({ home: 9, away: 2 })).toEqual({ home: goalsShown, away: 2 });
});
