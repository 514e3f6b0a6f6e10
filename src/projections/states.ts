import type { Answer, Match } from "../match/match.ts";
import type { MatchWriter } from "./change.ts";
import type { Db } from "./db.ts";
import { packedAnswers, packedRest } from "./packed-match.ts";
import { longRowsMax, type Rows } from "./rows.ts";

export const statesSchema = `
-- Apart from their summaries (matches), which are scanned; and from their answers, which are the larger part and stay as they
-- are while the rest goes on: 42 of them have 5 kB.
CREATE TABLE match_states (id TEXT PRIMARY KEY, version INTEGER NOT NULL, state TEXT NOT NULL) STRICT;
CREATE TABLE match_answers (id TEXT PRIMARY KEY, answers TEXT NOT NULL) STRICT;
`;

export interface MatchStates {
  /** null when no message of that match is known. */
  load(id: string): Match | null;
  /** Only after the transaction that saved them: what was rolled back must not be remembered. */
  remember(matches: Iterable<Match>): void;
  /** Of a match that goes out of memory: what is remembered of it is older than what was saved. */
  forget(match: Match): void;
}

/** What matches that are not written yet may take in memory, as `roomOf` counts it: 8,000 without an answer, 2,200 with 42. A season of one league has 380. */
export const roomMax = 130_000;

/**
 * What is remembered of those that are written: 2,000 settlements in flight (policy) with 42 answers each, beside a batch of
 * results that comes in. With less, each was read from its table four times on its way.
 */
const rememberedMax = 200_000;

/** What a match takes: in answers, of about 400 bytes each, and the rest of it is worth 16. */
export function roomOf(match: Match): number {
  return 16 + match.answers.length;
}

/** `caching` is for the one connection that writes: another's memory would not hear of changes. */
export function matchStates(db: Db, caching: boolean): MatchStates {
  const select = db.prepare<[string], { version: number; state: string; answers: string | null }>(
    "SELECT version, state, answers FROM match_states LEFT JOIN match_answers USING (id) WHERE id = ?",
  );
  /** The one that was asked for longest ago comes first. */
  const remembered = new Map<string, Match>();
  let taken = 0;

  function forget(id: string): void {
    const match = remembered.get(id);
    if (match !== undefined && remembered.delete(id)) taken -= roomOf(match);
  }

  function remember(match: Match): void {
    forget(match.id);
    remembered.set(match.id, match);
    taken += roomOf(match);
    for (const oldest of remembered.keys()) {
      if (taken <= rememberedMax) return;
      forget(oldest);
    }
  }

  return {
    load(id) {
      const known = remembered.get(id);
      if (known !== undefined) {
        remember(known);
        return known;
      }
      const row = select.get(id);
      if (row === undefined) return null;
      const { version, state, answers } = row;
      const match = { id, version, ...packedRest.unpack(JSON.parse(state)), answers: answersOf(answers) };
      if (caching) remember(match);
      return match;
    },
    remember(matches) {
      if (caching) for (const match of matches) remember(match);
    },
    forget: ({ id }) => forget(id),
  };
}

export interface StatesWriter extends MatchWriter {
  write(before: Match, after: Match): void;
  /** Whoever loads that match calls this before: its newest state may be held back. */
  flush(id: string): void;
}

export function statesWriter(rows: Rows): StatesWriter {
  const states = rows.table<{ id: string; version: number; state: string }>(
    "match_states",
    ["id"],
    ["version", "state"],
    longRowsMax,
  );
  const answers = rows.table<{ id: string; answers: string }>("match_answers", ["id"], ["answers"], longRowsMax);
  return {
    write(before, after) {
      const { id, version } = after;
      states.put({ id, version, state: JSON.stringify(packedRest.pack(after)) });
      if (before.answers === after.answers || after.answers.length === 0) return;
      answers.put({ id, answers: JSON.stringify(packedAnswers.pack(after.answers)) });
    },
    flush(id) {
      if (states.holds(id)) states.flush();
      if (answers.holds(id)) answers.flush();
    },
  };
}

/** A match without answers has no row of them. */
function answersOf(answers: string | null): Answer[] {
  return answers === null ? [] : packedAnswers.unpack(JSON.parse(answers));
}
