import { type Stage, stages } from "../match/event.ts";
import { isVoid, statuses } from "../match/status.ts";
import type { Db } from "./db.ts";

/** How the live matches of one span of kick-offs fared, by stage. Matches without points and postponed ones are left out. */
export interface Punctuality {
  /** Epoch milliseconds: kick-offs from here, to the next slot. */
  from: number;
  matches: number;
  /** Those whose predictions were there when they kicked off. */
  predictedInTime: number;
  stages: Record<Stage, StagePunctuality>;
}

export interface StagePunctuality {
  /** Stages that were done, in time or not. */
  done: number;
  /** Done later than their grace. */
  late: number;
  /** The latest of them: milliseconds after it fell due; 0 where none was done. */
  worstMs: number;
}

export interface PunctualityFilter {
  /** Kick-offs at or after, and before; epoch milliseconds. */
  from: number;
  to: number;
  slotMs: number;
  /** Milliseconds a stage may take once it has fallen due. */
  grace: Record<Stage, number>;
}

interface Row {
  slot: number;
  stage: Stage;
  done: number;
  late: number;
  worst: number;
  matches: number;
  in_time: number;
}

export function punctualityQueries(db: Db) {
  const counted = statuses.filter((it) => !isVoid(it) && it !== "postponed");
  // A bound number is a REAL to SQLite, so the division is none of integers. Of each match the round that stands: what an earlier one did was for another kick-off. Every live match has a prediction's row.
  const rows = db.prepare<[Record<string, number>], Row>(
    `SELECT CAST((m.kickoff - @from) / @slot AS INTEGER) AS slot, s.stage,
       count(*) FILTER (WHERE s.state = 'done') AS done,
       count(*) FILTER (WHERE s.state = 'done' AND s.late_ms > CASE s.stage
         ${stages.map((stage) => `WHEN '${stage}' THEN @${stage}`).join(" ")} END) AS late,
       coalesce(max(s.late_ms) FILTER (WHERE s.state = 'done'), 0) AS worst,
       count(*) AS matches,
       count(*) FILTER (WHERE s.stage = 'predict' AND s.state = 'done' AND s.done_at < m.kickoff) AS in_time
     FROM matches m INDEXED BY matches_listed JOIN stages s ON s.match_id = m.id
     WHERE m.purpose = 'live' AND m.status IN (${counted.map((it) => `'${it}'`).join()})
       AND m.kickoff >= @from AND m.kickoff < @to
       AND s.round = (SELECT max(round) FROM stages WHERE match_id = m.id)
     GROUP BY slot, s.stage`,
  );
  return {
    /** Every slot of the span, ascending, those without a match too. */
    punctuality({ from, to, slotMs, grace }: PunctualityFilter): Punctuality[] {
      const slots = Array.from({ length: Math.ceil((to - from) / slotMs) }, (_, at) => empty(from + at * slotMs));
      for (const row of rows.all({ from, to, slot: slotMs, ...grace })) {
        const slot = slots[row.slot];
        if (slot === undefined) continue;
        slot.stages[row.stage] = { done: row.done, late: row.late, worstMs: row.worst };
        if (row.stage === "predict") [slot.matches, slot.predictedInTime] = [row.matches, row.in_time];
      }
      return slots;
    },
  };
}

function empty(from: number): Punctuality {
  const none = () => ({ done: 0, late: 0, worstMs: 0 });
  return {
    from,
    matches: 0,
    predictedInTime: 0,
    stages: { analyse: none(), lineups: none(), predict: none(), settle: none() },
  };
}
