import { defaultPolicy, type Policy } from "../../../src/match/policy.ts";

/**
 * The default policy, budgets included, but for when stages fall due: predictions, line-ups and the analysis one, two and three
 * units before kick-off, and a result soon after it. A match is over about five units after it is first seen.
 */
export function quickPolicy(unitMs: number): Policy {
  const pollMs = Math.min(1000, Math.ceil(unitMs / 2));
  return {
    ...defaultPolicy,
    due: { analyse: 3 * unitMs, lineups: 2 * unitMs, predict: unitMs },
    pollEvery: pollMs,
    resultEvery: pollMs,
    resultAfterKickoff: pollMs,
  };
}
