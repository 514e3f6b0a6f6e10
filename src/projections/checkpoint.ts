import { createHash } from "node:crypto";
import type { LogMessage } from "../events/log.ts";
import type { Db } from "./db.ts";

export const checkpointSchema = `
CREATE TABLE checkpoint (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  stream TEXT NOT NULL,
  code TEXT NOT NULL,
  schema TEXT NOT NULL,
  policy TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  message TEXT NOT NULL,
  dispatched_at INTEGER
) STRICT;
`;

/** What a build was made from: a build of another stream is worthless, one of other code or policy is out of date. */
export interface Origin {
  /** EventLog.identity. */
  stream: string;
  /** Digests of the code that folds, of the tables and of the policy. */
  code: string;
  schema: string;
  policy: string;
}

export interface Checkpoint extends Origin {
  /** Everything up to here is in the tables. */
  sequence: number;
  /** Digest of the message there: a log that lost its end and grew anew is not the one we followed. */
  message: string;
  /** Greatest `time` among the dispatcher's events. */
  dispatched_at: number | null;
}

export function begin(db: Db, { stream, code, schema, policy }: Origin): void {
  db.prepare<[string, string, string, string]>(
    "INSERT INTO checkpoint (one, stream, code, schema, policy, sequence, message) VALUES (1, ?, ?, ?, ?, 0, '')",
  ).run(stream, code, schema, policy);
}

export function readCheckpoint(db: Db): Checkpoint {
  const row = db
    .prepare<[], Checkpoint>("SELECT stream, code, schema, policy, sequence, message, dispatched_at FROM checkpoint")
    .get();
  if (row === undefined) throw new Error("a build without a checkpoint");
  return row;
}

export function markOf({ subject, body }: Pick<LogMessage, "subject" | "body">): string {
  return createHash("sha256").update(`${subject}\n`).update(body).digest("hex");
}

interface Move {
  sequence: number;
  message: string;
  dispatchedAt: number | null;
  expected: number;
}

/** Moves the checkpoint by compare-and-set. That it is not where we left it means two writers: a broken invariant. */
export function checkpointWriter(db: Db) {
  const move = db.prepare<[Move]>(
    `UPDATE checkpoint SET sequence = @sequence, message = @message,
       dispatched_at = coalesce(max(coalesce(dispatched_at, @dispatchedAt), @dispatchedAt), dispatched_at)
     WHERE sequence = @expected`,
  );
  return {
    move(expected: number, last: LogMessage, dispatchedAt: number | null): void {
      const { changes } = move.run({ sequence: last.sequence, message: markOf(last), dispatchedAt, expected });
      if (changes !== 1) throw new Error(`the checkpoint is not at ${expected}, where this projector left it`);
    },
  };
}

export function checkpointQueries(db: Db) {
  const sequence = db.prepare<[], number>("SELECT sequence FROM checkpoint").pluck();
  const dispatched = db.prepare<[], number | null>("SELECT dispatched_at FROM checkpoint").pluck();
  return {
    sequence: () => sequence.get() ?? 0,
    lastEventTime: () => dispatched.get() ?? null,
  };
}
