import { type Hindsight, hindsightOf, mayLack } from "../match/backfill.ts";
import type { Match } from "../match/match.ts";
import { modelsOf } from "./by-model.ts";
import type { Db } from "./db.ts";
import type { MatchRow } from "./matches.ts";

/** Which matches may lack something, by kick-off: epoch milliseconds, both ends within. */
export interface HindsightFilter {
  from: number;
  to: number;
  competition?: string;
  /** Everything that fits unless told. */
  limit?: number;
}

/** What the other columns of a match do not say. */
type Rest = Omit<Hindsight, "matchId" | "purpose" | "status" | "kickoff">;

/** As it is stored. `models`: JSON in JSON, as thousands of matches lack the same 42. */
type Packed = Omit<Rest, "models"> & { models: string | null };

/** null for a match with which no backfill will ever have anything to do. */
export function packHindsight(match: Match): string | null {
  const hindsight = hindsightOf(match);
  if (hindsight === null || !mayLack(hindsight)) return null;
  const { roundKickoff, retro, analysed, complete, models, unsettled } = hindsight;
  const packed = { roundKickoff, retro, analysed, complete, unsettled };
  return JSON.stringify({ ...packed, models: models === null ? null : textOf(models) } satisfies Packed);
}

const texts = new WeakMap<readonly string[], string>();

function textOf(models: readonly string[]): string {
  let text = texts.get(models);
  if (text === undefined) texts.set(models, (text = JSON.stringify(models)));
  return text;
}

type Row = Pick<MatchRow, "id" | "purpose" | "status" | "kickoff" | "hindsight">;

const columns = "id, purpose, status, kickoff, hindsight";

export function hindsightQueries(db: Db) {
  const one = db.prepare<[string], Row>(`SELECT ${columns} FROM matches WHERE id = ?`);
  const some = db.prepare<[{ from: number; to: number; competition: string | null; limit: number }], Row>(
    `SELECT ${columns} FROM matches INDEXED BY matches_in_hindsight
     WHERE hindsight IS NOT NULL AND kickoff BETWEEN @from AND @to AND (@competition IS NULL OR competition = @competition)
     ORDER BY kickoff, id LIMIT @limit`,
  );
  return {
    hindsight(id: string): Hindsight | null {
      const row = one.get(id);
      return row === undefined ? null : unpack(row);
    },
    hindsights: ({ from, to, competition, limit }: HindsightFilter): Hindsight[] =>
      some.all({ from, to, competition: competition ?? null, limit: limit ?? -1 }).map(unpack),
  };
}

function unpack({ id, purpose, status, kickoff, hindsight }: Row): Hindsight {
  if (hindsight === null) return { matchId: id, purpose, status, kickoff, ...whole(kickoff) };
  const { models, ...rest } = JSON.parse(hindsight) as Packed;
  return { matchId: id, purpose, status, kickoff, ...rest, models: models === null ? null : modelsOf(models) };
}

function whole(kickoff: number): Rest {
  return { roundKickoff: kickoff, retro: false, analysed: true, complete: true, models: [], unsettled: false };
}
