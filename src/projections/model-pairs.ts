import { ByPair } from "./by-pair.ts";
import { keepNumbers } from "./by-model.ts";
import type { Db } from "./db.ts";
import { type CellKey, cellsOf } from "./model-sums.ts";
import type { Rows } from "./rows.ts";
import { type Scored, scoredOf, type ScoreRow } from "./scored.ts";

export const modelPairsSchema = `
-- cell: of which competition and season (cellOf). 42 models are 861 pairs and 48 kB, so a row is not written at every settlement:
CREATE TABLE model_pairs (
  cell TEXT NOT NULL,
  retroactive INTEGER NOT NULL,
  models TEXT NOT NULL,
  numbers BLOB NOT NULL,
  PRIMARY KEY (cell, retroactive)
) STRICT;
-- the matches whose scores are not in it yet, from 0 on in the order of their settlements.
CREATE TABLE model_pairs_waiting (place INTEGER PRIMARY KEY, match_id TEXT NOT NULL) STRICT;
`;

/** Matches that wait at most: whoever compares two models looks at each, in two milliseconds. */
const waitingMax = 256;

interface Waiting {
  place: number;
  match_id: string;
}

/** What each pair of models did on the matches that both answered. */
export interface ModelPairs {
  add(matchId: string, scored: readonly Scored[]): void;
  /** `before`: what the match had when it was added. */
  replace(matchId: string, before: readonly Scored[], after: readonly Scored[]): void;
  forget(): void;
}

/** Added to by the count of settlements, not by what a transaction holds: so the rows come out the same in every build. */
export function keepModelPairs(db: Db, rows: Rows, most = waitingMax): ModelPairs {
  const cells = keepNumbers<CellKey, ByPair>(db, rows, "model_pairs", ["cell", "retroactive"], (it) => new ByPair(it));
  const table = rows.table<Waiting>("model_pairs_waiting", ["place"], ["match_id"]);
  const select = db.prepare<[], string>("SELECT match_id FROM model_pairs_waiting ORDER BY place").pluck();
  const scoresOf = db.prepare<[string], ScoreRow>("SELECT * FROM scores WHERE match_id = ? ORDER BY retroactive");
  /** By place; null: as the tables have it. */
  let waiting: Map<string, readonly Scored[]> | null = null;

  function known(): Map<string, readonly Scored[]> {
    waiting ??= new Map(select.all().map((id) => [id, scoresOf.all(id).map(scoredOf)]));
    return waiting;
  }

  function wait(matchId: string, scored: readonly Scored[]): void {
    const all = known();
    if (!all.has(matchId)) table.put({ place: all.size, match_id: matchId });
    all.set(matchId, scored);
    if (all.size < most) return;
    for (let place = 0; place < all.size; place++) table.remove(place);
    change([...all.values()].flat(), 1);
    all.clear();
  }

  /** What is of one competition's season is added up first: it goes into four cells. */
  function change(some: readonly Scored[], sign: 1 | -1): void {
    const seasons = new Map<string, { of: Scored; pairs: ByPair }>();
    for (const scored of some) {
      const { competition, season, retroactive } = scored;
      const key = JSON.stringify([competition, season, retroactive]);
      let found = seasons.get(key);
      if (found === undefined) seasons.set(key, (found = { of: scored, pairs: new ByPair() }));
      found.pairs.observe(scored);
    }
    for (const { of, pairs } of seasons.values()) {
      for (const cell of cellsOf(of)) {
        cells.toChange({ cell, retroactive: of.retroactive }).add(pairs, sign);
      }
    }
  }

  return {
    add: wait,
    replace(matchId, before, after) {
      if (!known().has(matchId)) change(before, -1);
      wait(matchId, after);
    },
    forget() {
      cells.forget();
      waiting = null;
    },
  };
}
