import type { MatchBook, SettlementBook } from "../match/orders.ts";
import type { Match } from "../match/match.ts";
import { openSettlementsOf } from "./open-settlements.ts";
import type { ReadModelQueries } from "./queries.ts";

const pageSize = 1000;

type Book = Pick<
  ReadModelQueries,
  "match" | "matches" | "failurePage" | "hindsight" | "hindsights" | "openSettlements" | "panel"
>;

/** The read model as orders look matches up in it. */
export function matchBook(readModel: Book): MatchBook & SettlementBook {
  return {
    match: readModel.match,
    *live(from, to) {
      for (const id of idsOf(readModel, { purpose: "live", from, to })) {
        const match = readModel.match(id);
        if (match !== null) yield match;
      }
    },
    hindsight: readModel.hindsight,
    hindsights: (from, to) => readModel.hindsights({ from, to }),
    costs: () => costsOf(readModel),
    openSettlements: (category) => openSettlementsOf(readModel, category),
    *failedSettlements() {
      for (const dismissed of [true, false]) yield* failed(readModel, dismissed);
    },
  };
}

/** Of answers in time and in hindsight; what a failure or an abstention cost is shared among the answers. */
function costsOf(readModel: Pick<Book, "panel">): Map<string, number> {
  const sums = new Map<string, { cost: number; n: number }>();
  for (const retro of [false, true]) {
    for (const { model, cost, n } of readModel.panel({ retro })) {
      const sum = sums.get(model) ?? { cost: 0, n: 0 };
      sums.set(model, { cost: sum.cost + cost, n: sum.n + n });
    }
  }
  return new Map([...sums].flatMap(([model, { cost, n }]) => (n === 0 ? [] : [[model, cost / n]])));
}

/** By match id, page by page: what fails again while somebody walks is not come to twice. */
function* failed(readModel: Book, dismissed: boolean): Iterable<Match> {
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page: ReturnType<Book["failurePage"]> = readModel.failurePage({
      stage: "settle",
      dismissed,
      limit: pageSize,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const { matchId } of page.failures) {
      const match = readModel.match(matchId);
      if (match !== null) yield match;
    }
    cursor = page.cursor;
  }
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
