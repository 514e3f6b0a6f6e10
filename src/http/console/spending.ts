import type { ReadModelQueries } from "../../projections/queries.ts";
import type { HttpOptions } from "../options.ts";

/** What the panel's models have cost on the UTC day of an instant, in the panel's currency. */
export interface Spending {
  spent: number;
  /** What they may cost in a day, added up; null where no model has a ceiling, or one that costs something has none. */
  ceiling: number | null;
}

export function spendingOf(
  { roster, dailyCostMax = () => null }: Pick<HttpOptions, "roster" | "dailyCostMax">,
  readModel: Pick<ReadModelQueries, "modelCost">,
  now: number,
): Spending {
  const accounts = roster.map((model) => ({ spent: readModel.modelCost(model, now), max: dailyCostMax(model) }));
  const limits = accounts.flatMap(({ max }) => max ?? []);
  const unbounded = accounts.some(({ spent, max }) => max === null && spent > 0);
  return {
    spent: accounts.reduce((sum, { spent }) => sum + spent, 0),
    ceiling: limits.length === 0 || unbounded ? null : limits.reduce((sum, max) => sum + max, 0),
  };
}
