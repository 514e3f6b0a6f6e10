import { categories, type Category } from "../match/event.ts";
import type { FailureCount } from "../projections/failures.ts";

/** Categories without a failure are left out. */
export function byCategory(failures: readonly FailureCount[]): Partial<Record<Category, number>> {
  const counts = categories.map(
    (category) => [category, sum(failures.filter((it) => it.category === category))] as const,
  );
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

export function sum(failures: readonly FailureCount[]): number {
  return failures.reduce((total, { count }) => total + count, 0);
}
