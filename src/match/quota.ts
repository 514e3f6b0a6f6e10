import type { Budget } from "./event.ts";

/** What a call is for: `due` must be made at its time (line-ups, results of a day), `ahead` can wait for tomorrow. */
export type Lane = "due" | "ahead";

/** The share of a day's calls that what can wait leaves to what is due. */
const reserve = 0.2;

/**
 * Until when (epoch milliseconds) calls of this lane are held back for the day's quota; null: they are not, or nobody knows
 * when it is whole again. Without a known limit only an empty quota holds.
 */
export function heldUntil(budget: Budget | null, lane: Lane): number | null {
  if (budget === null || budget.resetAt === null) return null;
  const kept = lane === "due" ? 0 : Math.ceil(reserve * (budget.limit ?? 0));
  return budget.remaining > kept ? null : Date.parse(budget.resetAt);
}
