import type { LogMessage } from "../events/log.ts";
import { type Call, callEnd, type CallEntry, type CallMatchState, evolveCall, unknownCall } from "../match/call.ts";
import type { OperatorEvent, OrderKind } from "../match/event.ts";
import type { Change, MatchWriter } from "./change.ts";
import type { Db } from "./db.ts";
import { upsert } from "./upsert.ts";

export const callsSchema = `
CREATE TABLE calls (
  id TEXT PRIMARY KEY,
  sequence INTEGER,
  what TEXT,
  state TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX calls_by_sequence ON calls (sequence);
CREATE TABLE call_matches (
  call_id TEXT NOT NULL,
  match_id TEXT NOT NULL,
  word_id TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  state TEXT NOT NULL,
  PRIMARY KEY (call_id, match_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX call_matches_running ON call_matches (match_id) WHERE state = 'running';
`;

interface CallRow {
  id: string;
  sequence: number | null;
  what: OrderKind | null;
  /** The call as JSON. */
  state: string;
}

interface CallMatchRow {
  call_id: string;
  match_id: string;
  word_id: string;
  sequence: number;
  state: CallMatchState;
}

/** The operators' calls, and what has come of each on each of its matches. */
export function callsWriter(db: Db): MatchWriter & { take(message: LogMessage): void } {
  const { call } = callQueries(db);
  const save = upsert<CallRow>(db, "calls", ["id"], ["sequence", "what", "state"]);
  const add = upsert<CallMatchRow>(db, "call_matches", ["call_id", "match_id"], ["word_id", "sequence", "state"]);
  const running = db.prepare<[string], CallMatchRow>(
    "SELECT * FROM call_matches WHERE match_id = ? AND state = 'running'",
  );

  return {
    take({ entity, event, sequence }) {
      if (entity?.root !== "operator") return;
      const entry: CallEntry = event === null ? { sequence, type: null } : (event as OperatorEvent);
      const next = evolveCall(call(entity.id) ?? unknownCall(entity.id), entry);
      save.run({
        id: next.id,
        sequence: next.requested?.sequence ?? null,
        what: next.requested?.order.what ?? null,
        state: JSON.stringify(next),
      });
    },
    // Event by event: what a match becomes after its call has ended is no news of that call.
    step(change) {
      const { event, after } = change;
      // Only a word of a call or letter leaves a mark there; nearly every match has none.
      if (after.letters.length === 0) return;
      const isWord = event.type === "match.retro.requested" || event.type === "match.retry.requested";
      if (isWord && event.causationId !== null && call(event.causationId)?.requested != null) {
        add.run({
          call_id: event.causationId,
          match_id: after.id,
          word_id: event.id,
          sequence: event.sequence,
          state: "running",
        });
      }
      for (const row of running.all(after.id)) {
        const state = endOf(row, change);
        if (state !== "running") add.run({ ...row, state });
      }
    },
  };

  function endOf(row: CallMatchRow, { event, after }: Change): CallMatchState {
    if (event.type === "match.retro.cancelled" && event.data.request === row.word_id) return "cancelled";
    const order = call(row.call_id)?.requested?.order;
    return order === undefined ? row.state : callEnd(order, after);
  }
}

export interface CallFilter {
  what?: OrderKind;
  /** Of the calls before this sequence. */
  before?: number;
  limit: number;
}

export interface CallMatchPage {
  matches: { matchId: string; state: CallMatchState; sequence: number }[];
  /** The last id of a full page, null at the end. */
  cursor: string | null;
}

export function callQueries(db: Db) {
  const one = db.prepare<[string], string>("SELECT state FROM calls WHERE id = ?").pluck();
  const list = db
    .prepare<[{ what: string | null; before: number; limit: number }], string>(
      `SELECT state FROM calls WHERE sequence < @before AND (@what IS NULL OR what = @what)
       ORDER BY sequence DESC LIMIT @limit`,
    )
    .pluck();
  const counts = db.prepare<[string], { state: CallMatchState; count: number }>(
    "SELECT state, count(*) AS count FROM call_matches WHERE call_id = ? GROUP BY state",
  );
  const matches = db.prepare<[{ id: string; after: string; limit: number }], CallMatchRow>(
    "SELECT * FROM call_matches WHERE call_id = @id AND match_id > @after ORDER BY match_id LIMIT @limit",
  );
  const words = db.prepare<[string], CallMatchRow>("SELECT * FROM call_matches WHERE call_id = ?");
  return {
    call: (id: string): Call | null => {
      const state = one.get(id);
      return state === undefined ? null : (JSON.parse(state) as Call);
    },
    /** Newest first. */
    calls: ({ what, before, limit }: CallFilter): Call[] =>
      list
        .all({ what: what ?? null, before: before ?? Number.MAX_SAFE_INTEGER, limit })
        .map((state) => JSON.parse(state) as Call),
    callProgress: (id: string): Record<CallMatchState, number> => {
      const progress = { running: 0, done: 0, failed: 0, cancelled: 0 };
      for (const { state, count } of counts.all(id)) progress[state] = count;
      return progress;
    },
    callMatches: (id: string, after: string | null, limit: number): CallMatchPage => {
      const rows = matches.all({ id, after: after ?? "", limit });
      return {
        matches: rows.map(({ match_id, state, sequence }) => ({ matchId: match_id, state, sequence })),
        cursor: rows.length === limit ? (rows.at(-1)?.match_id ?? null) : null,
      };
    },

    callWords: (id: string): { matchId: string; wordId: string }[] =>
      words.all(id).map(({ match_id, word_id }) => ({ matchId: match_id, wordId: word_id })),
  };
}
