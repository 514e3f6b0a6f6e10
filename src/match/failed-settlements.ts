import type { Category } from "./event.ts";
import type { Match } from "./match.ts";

/** Failed settlements of one cause. Instants are epoch milliseconds. */
export interface FailureGroup {
  category: Category;
  fingerprint: string;
  count: number;
  /** Those that nothing tries again by itself. */
  givenUp: number;
  first: number;
  last: number;
  /** The newest one's. */
  reason: string;
  /** Newest failure first. */
  matchIds: string[];
}

/** Groups the matches whose settlement failed and was not dismissed by category and fingerprint, the largest group first. */
export function groupFailures(matches: Iterable<Match>, since = 0): FailureGroup[] {
  const groups = new Map<string, FailureGroup>();
  const failed = [...matches].flatMap((match) => {
    const { failure } = match.stages.settle;
    return failure === null || failure.dismissed !== null || failure.time < since ? [] : [{ id: match.id, failure }];
  });
  failed.sort((a, b) => b.failure.time - a.failure.time || (a.id < b.id ? -1 : 1));
  for (const { id, failure } of failed) {
    const { category, fingerprint, reason, time } = failure;
    const key = `${category} ${fingerprint}`;
    const group = groups.get(key) ?? {
      category,
      fingerprint,
      count: 0,
      givenUp: 0,
      first: time,
      last: time,
      reason,
      matchIds: [],
    };
    group.count++;
    if (failure.retryAt === null) group.givenUp++;
    group.first = time;
    group.matchIds.push(id);
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => b.count - a.count || b.last - a.last);
}
