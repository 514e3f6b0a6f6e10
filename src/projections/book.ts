import type { MatchBook } from "../match/orders.ts";
import type { Match } from "../match/match.ts";
import type { ReadModelQueries } from "./queries.ts";

const pageSize = 1000;

/** The read model as orders look matches up in it. */
export function matchBook(readModel: Pick<ReadModelQueries, "match" | "matches" | "failures">): MatchBook {
  const load = (ids: readonly string[]): Match[] => ids.flatMap((id) => readModel.match(id) ?? []);
  return {
    match: readModel.match,
    live: (from, to) => load(idsOf(readModel, { purpose: "live", from, to })),
    failedSettlements: () =>
      load(
        [true, false].flatMap((dismissed) =>
          readModel.failures({ stage: "settle", dismissed }).map(({ matchId }) => matchId),
        ),
      ),
  };
}

/** The ids of all matches that fit, page by page. */
export function idsOf(
  readModel: Pick<ReadModelQueries, "matches">,
  filter: Parameters<ReadModelQueries["matches"]>[0],
): string[] {
  const ids: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = readModel.matches({ ...filter, limit: pageSize, ...(cursor === undefined ? {} : { cursor }) });
    ids.push(...page.matches.map(({ id }) => id));
    cursor = page.cursor;
  }
  return ids;
}
