import type { Probabilities, Score } from "../../../match/event.ts";
import { tendency } from "../../../match/settlement.ts";

/** The last row and column of a grid stand for this many goals or more. */
export const goalsShown = 6;

/** Probabilities of scores: the home side's goals down, the away side's across. */
export type ScoreGrid = readonly (readonly number[])[];

/**
 * What a panel makes of the single scores: two independent Poisson counts around the goals it expects (Maher 1982), each third
 * of the grid then scaled to what its members say of home, draw and away on average. No member's own grid is in the log.
 */
export function scoreGrid(goals: { home: number; away: number }, mean: Probabilities | null): ScoreGrid {
  const [home, away] = [poissonLaw(goals.home), poissonLaw(goals.away)];
  const grid = home.map((p) => away.map((q) => p * q));
  if (mean === null) return grid;
  const sums = { home: 0, draw: 0, away: 0 };
  each(grid, (p, score) => (sums[tendency(score)] += p));
  return grid.map((row, i) =>
    row.map((p, j) => {
      const third = tendency({ home: i, away: j });
      return sums[third] === 0 ? p : (p * mean[third]) / sums[third];
    }),
  );
}

/** The cell of the grid that a score falls into. */
export function cellOf({ home, away }: Score): Score {
  return { home: Math.min(home, goalsShown), away: Math.min(away, goalsShown) };
}

function each(grid: ScoreGrid, visit: (p: number, score: Score) => void): void {
  for (const [home, row] of grid.entries()) for (const [away, p] of row.entries()) visit(p, { home, away });
}

/** P(0), ..., P(goalsShown - 1), P(goalsShown or more). */
function poissonLaw(mean: number): number[] {
  const law: number[] = [];
  let p = Math.exp(-mean);
  let below = 0;
  for (let goals = 0; goals < goalsShown; goals++) {
    law.push(p);
    below += p;
    p *= mean / (goals + 1);
  }
  return [...law, Math.max(0, 1 - below)];
}
