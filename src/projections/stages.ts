import { type Stage, stages } from "../match/event.ts";
import { fellDueAt, lateMs } from "../match/lateness.ts";
import type { Match, StageState } from "../match/match.ts";
import type { Policy } from "../match/policy.ts";
import type { Change, MatchWriter } from "./change.ts";
import type { Db } from "./db.ts";
import type { Rows } from "./rows.ts";

export const stagesSchema = `
CREATE TABLE stages (
  match_id TEXT NOT NULL,
  round INTEGER NOT NULL,
  stage TEXT NOT NULL,
  due_at INTEGER,
  done_at INTEGER,
  late_ms INTEGER NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  PRIMARY KEY (match_id, round, stage)
) STRICT, WITHOUT ROWID;
`;

/** `waiting`: failed, and tried again later; `failed`: given up; `missed`: open at kick-off. */
export type StageStatus = "open" | "requested" | "done" | "waiting" | "failed" | "missed";

/** One stage of one match in one round. Those of earlier rounds stay as they were when the next round began. */
export interface StageRow {
  stage: Stage;
  round: number;
  /** Epoch milliseconds; null while it is not known. Of a stage that is done: as it was known then. */
  dueAt: number | null;
  doneAt: number | null;
  /** How long after it fell due it was done; 0 when in time or not done. A miss that healed stays visible here. */
  lateMs: number;
  state: StageStatus;
  /** Attempts burnt since the stage was opened. */
  attempts: number;
}

interface Row {
  match_id: string;
  round: number;
  stage: Stage;
  due_at: number | null;
  done_at: number | null;
  late_ms: number;
  state: StageStatus;
  attempts: number;
}

export function stagesWriter(db: Db, rows: Rows, policy: Policy): MatchWriter {
  const table = rows.table<Row>(
    "stages",
    ["match_id", "round", "stage"],
    ["due_at", "done_at", "late_ms", "state", "attempts"],
  );
  const mark = db.prepare<[StageStatus, number, string, number, Stage]>(
    "UPDATE stages SET state = ?, attempts = ? WHERE match_id = ? AND round = ? AND stage = ?",
  );
  function put(match: Match, stage: Stage): void {
    const row = rowOf(stage, match, policy);
    if (row !== null) table.put(row);
  }

  return {
    // A stage that is done stays as it was then: a kick-off that moves later must not change how late it was.
    step(change) {
      const { before, after } = change;
      if (isLive(before) && !(isLive(after) && before.round.number === after.round.number)) {
        for (const stage of stages) if (before.stages[stage].done === null) put(before, stage);
      }
      if (!isLive(after)) return;
      for (const stage of stages) {
        const state = after.stages[stage];
        if (state.done === null) continue;
        if (!wasDone(change, stage)) put(after, stage);
        else if (state !== before.stages[stage]) {
          table.flush();
          mark.run(statusOf(state), state.attempts, after.id, after.round.number, stage);
        }
      }
      // An end that was taken back leaves a settlement behind that never was due.
      if (before.ended !== null && after.ended === null) table.remove(after.id, after.round.number, "settle");
    },
    // Any other follows from the newest state alone.
    write(before, after) {
      if (!isLive(after)) return;
      for (const stage of stages) {
        if (after.stages[stage].done === null && isTouched(before, after, stage)) put(after, stage);
      }
    },
  };
}

function isLive({ fixture }: Match): boolean {
  return fixture !== null && fixture.purpose !== "history";
}

function wasDone({ before, after }: Change, stage: Stage): boolean {
  const [old, now] = [before.stages[stage].done, after.stages[stage].done];
  return now !== null && now.sequence === old?.sequence && before.round.number === after.round.number;
}

/** Whether anything has changed that its row says. */
function isTouched(before: Match, after: Match, stage: Stage): boolean {
  if (!isLive(before) || before.round.number !== after.round.number) return true;
  if (before.stages[stage] !== after.stages[stage] || before.fixture?.kickoff !== after.fixture?.kickoff) return true;
  if (stage !== "settle") return false;
  return before.ended !== after.ended || before.result !== after.result || before.answers !== after.answers;
}

/** null where there is nothing to tell: no settlement before the end. */
function rowOf(stage: Stage, match: Match, policy: Policy): Row | null {
  const state = match.stages[stage];
  const dueAt = fellDueAt(stage, match, policy);
  if (stage === "settle" && dueAt === null) return null;
  const doneAt = state.done?.time ?? null;
  return {
    match_id: match.id,
    round: match.round.number,
    stage,
    due_at: dueAt,
    done_at: doneAt,
    late_ms: lateMs(doneAt, dueAt),
    state: statusOf(state),
    attempts: state.attempts,
  };
}

function statusOf({ done, request, failure }: StageState): StageStatus {
  if (request !== null) return "requested";
  if (failure !== null)
    return failure.category === "missed" ? "missed" : failure.retryAt === null ? "failed" : "waiting";
  return done === null ? "open" : "done";
}

export function stageQueries(db: Db) {
  const rows = db.prepare<[string], Row>("SELECT * FROM stages WHERE match_id = ?");
  const order = (row: Row) => row.round * stages.length + stages.indexOf(row.stage);
  return {
    /** By round, then in the order of the stages. */
    stageRows: (matchId: string): StageRow[] =>
      rows
        .all(matchId)
        .sort((a, b) => order(a) - order(b))
        .map((row) => ({
          stage: row.stage,
          round: row.round,
          dueAt: row.due_at,
          doneAt: row.done_at,
          lateMs: row.late_ms,
          state: row.state,
          attempts: row.attempts,
        })),
  };
}
