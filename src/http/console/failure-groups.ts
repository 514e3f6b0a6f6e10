import { setImmediate } from "node:timers/promises";
import { categories, type Category, type Stage, stages } from "../../match/event.ts";
import type { FailurePage, FailurePageFilter } from "../../projections/failure-pages.ts";
import type { FailureRow } from "../../projections/failures.ts";
import type { ReadModelQueries } from "../../projections/queries.ts";

/** Failures of one stage and category that are alike. Instants are epoch milliseconds. */
export interface FailureCause {
  fingerprint: string;
  count: number;
  /** Those that nothing tries again by itself. */
  givenUp: number;
  first: number;
  last: number;
  /** The newest one's. */
  reason: string;
}

/** Failures of one stage and category. */
export interface FailureGroup {
  stage: Stage;
  category: Category;
  /** Of all of them, looked at or not. */
  count: number;
  givenUp: number;
  /** The largest first; of the first `looked` by match id. */
  causes: FailureCause[];
  looked: number;
}

/** As many are told apart by their cause: an outage of that size is one cause, and the counts are of all anyway. */
const lookedMax = 3000;
const pageSize = 500;

type Failures = Pick<ReadModelQueries, "failureCounts" | "failurePage">;

/** The failures that nobody dismissed, or the others: by stage and category, and by cause within. */
export async function failureGroups(readModel: Failures, dismissed: boolean): Promise<FailureGroup[]> {
  const counts = readModel.failureCounts(dismissed);
  const groups: FailureGroup[] = [];
  let left = lookedMax;
  for (const stage of stages) {
    for (const category of categories) {
      const alike = counts.filter((it) => it.stage === stage && it.category === category);
      const count = sumOf(alike);
      if (count === 0) continue;
      const { causes, looked } = await causesOf(readModel, { stage, category, dismissed }, left);
      left -= looked;
      groups.push({ stage, category, count, givenUp: sumOf(alike.filter(({ givenUp }) => givenUp)), causes, looked });
    }
  }
  return groups;
}

function sumOf(counts: readonly { count: number }[]): number {
  return counts.reduce((sum, { count }) => sum + count, 0);
}

/** Which failures. */
export type FailureFilter = Omit<FailurePageFilter, "cursor" | "limit">;

async function causesOf(readModel: Failures, kind: FailureFilter, most: number) {
  const causes = new Map<string, FailureCause>();
  let looked = 0;
  for await (const row of walk(readModel, kind, most)) {
    looked++;
    const { fingerprint, failedAt: at, reason } = row;
    const cause = causes.get(fingerprint);
    const givenUp = row.retryAt === null ? 1 : 0;
    if (cause === undefined) causes.set(fingerprint, { fingerprint, count: 1, givenUp, first: at, last: at, reason });
    else {
      cause.count++;
      cause.givenUp += givenUp;
      cause.first = Math.min(cause.first, at);
      if (at >= cause.last) [cause.last, cause.reason] = [at, reason];
    }
  }
  return { causes: [...causes.values()].sort((a, b) => b.count - a.count || b.last - a.last), looked };
}

/** Rows by match id, page by page with turns for others in between; `most` of them. */
async function* walk(readModel: Failures, kind: FailureFilter, most: number): AsyncIterable<FailureRow> {
  let cursor: string | null = null;
  for (let looked = 0; looked < most; ) {
    const limit = Math.min(pageSize, most - looked);
    const page: FailurePage = readModel.failurePage({ ...kind, limit, ...(cursor === null ? {} : { cursor }) });
    yield* page.failures;
    looked += page.failures.length;
    cursor = page.cursor;
    if (cursor === null) return;
    await setImmediate();
  }
}

/** Ids of those that fit, `most` of them; `more`: there are others. */
export async function failureIds(
  readModel: Failures,
  filter: FailureFilter,
  most: number,
): Promise<{ ids: string[]; more: boolean }> {
  const ids: string[] = [];
  for await (const row of walk(readModel, filter, Number.POSITIVE_INFINITY)) {
    if (ids.length === most) return { ids, more: true };
    ids.push(row.matchId);
  }
  return { ids, more: false };
}
