import type { Score } from "../match/event.ts";
import type { ScoreMatrix } from "./member.ts";

/** What a tip earns for the tendency, the goal difference and the exact score. Every right draw has the right difference. */
const worth = { tendency: 2, difference: 3, exact: 4 };

export function tipPoints(tip: Score, result: Score): number {
  const tipped = tip.home - tip.away;
  const played = result.home - result.away;
  if (Math.sign(tipped) !== Math.sign(played)) return 0;
  if (tipped !== played) return worth.tendency;
  return tip.home === result.home ? worth.exact : worth.difference;
}

/**
 * The score with the highest expected points under the matrix. Of equals the one with fewer goals wins, then the one
 * with more home goals.
 */
export function bestTip(matrix: ScoreMatrix): Score {
  const size = matrix.length;
  const tendency = [0, 0, 0];
  const difference = Array.from({ length: 2 * size - 1 }, () => 0);
  matrix.forEach((row, i) => {
    row.forEach((p, j) => {
      tendency[Math.sign(i - j) + 1] = at(tendency, Math.sign(i - j) + 1) + p;
      difference[i - j + size - 1] = at(difference, i - j + size - 1) + p;
    });
  });
  let best: Score = { home: 0, away: 0 };
  let most = -1;
  for (let goals = 0; goals <= 2 * (size - 1); goals++) {
    for (let home = Math.min(goals, size - 1); home >= Math.max(0, goals - size + 1); home--) {
      const away = goals - home;
      const points =
        worth.tendency * at(tendency, Math.sign(home - away) + 1) +
        (worth.difference - worth.tendency) * at(difference, home - away + size - 1) +
        (worth.exact - worth.difference) * at(matrix[home] as readonly number[], away);
      if (points > most) {
        most = points;
        best = { home, away };
      }
    }
  }
  return best;
}

function at(values: readonly number[], index: number): number {
  return values[index] as number;
}
