import { type Stage, stages } from "../match/event.ts";
import type { OpenRequest } from "../match/match.ts";
import type { MatchWriter } from "./change.ts";
import type { Db } from "./db.ts";
import type { Rows } from "./rows.ts";
import { type Flag, flag } from "./upsert.ts";

export const requestsSchema = `
CREATE TABLE requests (
  stage TEXT NOT NULL,
  match_id TEXT NOT NULL,
  retroactive INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  PRIMARY KEY (stage, match_id)
) STRICT, WITHOUT ROWID;
`;

interface RequestRow {
  stage: Stage;
  match_id: string;
  retroactive: Flag;
  sequence: number;
}

/** Requests that nobody has answered yet. */
export function requestsWriter(rows: Rows): MatchWriter {
  const requests = rows.table<RequestRow>("requests", ["stage", "match_id"], ["retroactive", "sequence"]);
  return {
    write(before, after) {
      for (const stage of stages) {
        const [old, open]: (OpenRequest | null)[] = [before.stages[stage].request, after.stages[stage].request];
        if (old?.id === open?.id && old?.sequence === open?.sequence) continue;
        if (open === null || open === undefined) requests.remove(stage, after.id);
        else requests.put({ stage, match_id: after.id, retroactive: flag(open.retroactive), sequence: open.sequence });
      }
    },
  };
}

export function requestQueries(db: Db) {
  const counts = db.prepare<[], { stage: Stage; retroactive: Flag; count: number }>(
    "SELECT stage, retroactive, count(*) AS count FROM requests GROUP BY stage, retroactive",
  );
  const oldest = db.prepare<[Stage], number | null>("SELECT min(sequence) FROM requests WHERE stage = ?").pluck();
  const due = db
    .prepare<[{ now: number }], string>(
      `SELECT id FROM matches WHERE next_due_at <= @now
       ORDER BY retro, kickoff <= @now, abs(kickoff - @now), id`,
    )
    .pluck();
  const nextDue = db
    .prepare<[number], number | null>("SELECT min(next_due_at) FROM matches WHERE next_due_at > ?")
    .pluck();
  return {
    inFlight(): Record<Stage | "retro", number> {
      const open = { analyse: 0, lineups: 0, predict: 0, settle: 0, retro: 0 };
      for (const { stage, retroactive, count } of counts.all()) open[retroactive === 1 ? "retro" : stage] += count;
      return open;
    },
    oldestRequest: (stage: Stage) => oldest.get(stage) ?? null,
    /** Ids of the matches that are due; live before retro, those ahead before those begun, nearest kick-off first. */
    due: (now: number) => due.all({ now }),
    nextMatchDueAt: (after: number) => nextDue.get(after) ?? null,
  };
}
