import { categories, type Category } from "../match/event.ts";
import type { Db } from "./db.ts";

/** A failed settlement that nobody dismissed. */
export interface OpenSettlement {
  matchId: string;
  /** An operator's word has a settlement to start. */
  unsettled: boolean;
}

const pageSize = 2000;

export function openSettlementQueries(db: Db) {
  const page = db.prepare<[Category, string], { matchId: string; unsettled: 0 | 1 }>(
    `SELECT f.match_id AS matchId, coalesce(m.hindsight ->> 'unsettled', 0) AS unsettled
     FROM failures f INDEXED BY failures_open JOIN matches m ON m.id = f.match_id
     WHERE f.dismissed_by IS NULL AND f.stage = 'settle' AND f.category = ? AND f.match_id > ?
     ORDER BY f.match_id LIMIT ${pageSize}`,
  );
  return {
    /** By match id, after one of them: a page. */
    openSettlements(category: Category, after: string): OpenSettlement[] {
      return page.all(category, after).map(({ matchId, unsettled }) => ({ matchId, unsettled: unsettled === 1 }));
    },
  };
}

/** All of one category, or of every one, page by page: each as it is when the walk comes to it. */
export function* openSettlementsOf(
  readModel: ReturnType<typeof openSettlementQueries>,
  category: Category | null,
): Iterable<OpenSettlement> {
  for (const it of category === null ? categories : [category]) {
    for (let after: string | undefined = ""; after !== undefined; ) {
      const page = readModel.openSettlements(it, after);
      yield* page;
      after = page.length < pageSize ? undefined : page.at(-1)?.matchId;
    }
  }
}
