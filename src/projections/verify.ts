import { setImmediate } from "node:timers/promises";
import { join } from "node:path";
import type { EventLog } from "../events/log.ts";
import type { Policy } from "../match/policy.ts";
import { currentName, readDir } from "./builds.ts";
import { begin, type Checkpoint, readCheckpoint } from "./checkpoint.ts";
import { createBulk, openForReading } from "./database.ts";
import type { Db } from "./db.ts";
import { differences, originOf } from "./origin.ts";
import { createProjector } from "./projector.ts";
import { matchStates } from "./states.ts";

export interface RowDifference {
  table: string;
  key: string;
  /** `*` where one of the two has no such row. */
  column: string;
  live: unknown;
  rebuilt: unknown;
}

export interface Verified {
  equal: boolean;
  /** Up to which sequence the two were compared. */
  sequence: number;
  /** Rows compared. */
  rows: number;
  /** 100 at most. */
  differences: RowDifference[];
}

export interface VerifyOptions {
  dataDir: string;
  log: EventLog;
  policy: Policy;
  onProgress?: (sequence: number, target: number) => void;
}

/** There is no build that could be compared with the log. */
export class NothingToVerify extends Error {
  override readonly name = "NothingToVerify";

  constructor(why: string) {
    super(`${why}: start a node (\`fulltime run\`), which brings the read model up to date, then verify again`);
  }
}

/**
 * Folds the log anew, up to exactly where the current build is, and compares every row of every table. Works beside a running
 * node, whose build is held still by one read transaction. Throws `NothingToVerify`.
 */
export async function verifyReadModel({ dataDir, log, policy, onProgress }: VerifyOptions): Promise<Verified> {
  const origin = originOf(log, policy);
  const dir = readDir(dataDir);
  const name = currentName(dir);
  if (name === null) throw new NothingToVerify(`there is no read model in ${dir}`);
  const live = openForReading(join(dir, name));
  // A temporary database: SQLite deletes its file with the connection, however the process ends.
  const rebuilt = createBulk("");
  try {
    live.exec("BEGIN");
    const checkpoint = readCheckpoint(live);
    const other = differences(checkpoint, origin);
    if (other.length > 0) throw new NothingToVerify(`the read model was made with another ${other.join(" and ")}`);
    const last = await log.last();
    if (last < checkpoint.sequence) {
      throw new NothingToVerify(`the read model is at ${checkpoint.sequence}, the log ends at ${last}`);
    }
    begin(rebuilt, origin);
    await replayTo(checkpoint, rebuilt, { log, policy, onProgress: onProgress ?? (() => {}) });
    return { sequence: checkpoint.sequence, ...compare(live, rebuilt) };
  } finally {
    live.close();
    rebuilt.close();
  }
}

async function replayTo(
  { sequence: target }: Checkpoint,
  db: Db,
  { log, policy, onProgress }: Required<Omit<VerifyOptions, "dataDir">>,
): Promise<void> {
  const projector = createProjector(db, matchStates(db, true), policy);
  if (target === 0) return;
  const end = new AbortController();
  try {
    for await (const batch of log.follow(0, end.signal)) {
      projector.take(batch.filter(({ sequence }) => sequence <= target));
      onProgress(projector.sequence, target);
      await setImmediate();
      if (projector.sequence >= target) break;
    }
    while (projector.settle()) await setImmediate();
  } finally {
    end.abort();
  }
}

const differencesMax = 100;

type Row = Record<string, unknown>;

function compare(live: Db, rebuilt: Db): Omit<Verified, "sequence"> {
  const found: RowDifference[] = [];
  let rows = 0;
  for (const { table, key } of tablesOf(rebuilt)) {
    const order = key.join(", ");
    const sql = `SELECT * FROM ${table} ORDER BY ${order}`;
    const before = (a: Row, b: Row) => compareKeys(a, b, key) < 0;
    const keyOf = (row: Row) => key.map((column) => String(row[column])).join(" ");
    const [ours, theirs] = [live, rebuilt].map((db) => db.prepare<[], Row>(sql).iterate()) as [Rows, Rows];
    let [a, b] = [ours.next(), theirs.next()];
    while (!a.done || !b.done) {
      rows++;
      if (b.done || (!a.done && before(a.value, b.value))) {
        if (!a.done) found.push({ table, key: keyOf(a.value), column: "*", live: a.value, rebuilt: null });
        a = ours.next();
      } else if (a.done || before(b.value, a.value)) {
        found.push({ table, key: keyOf(b.value), column: "*", live: null, rebuilt: b.value });
        b = theirs.next();
      } else {
        for (const column of Object.keys(b.value)) {
          const [one, other] = [a.value[column], b.value[column]];
          // Object.is, so that floats must agree to the last bit.
          if (!Object.is(one, other)) found.push({ table, key: keyOf(b.value), column, live: one, rebuilt: other });
        }
        [a, b] = [ours.next(), theirs.next()];
      }
    }
  }
  return { equal: found.length === 0, rows, differences: found.slice(0, differencesMax) };
}

type Rows = IterableIterator<Row>;

function tablesOf(db: Db): { table: string; key: string[] }[] {
  const tables = db
    .prepare<[], string>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )
    .pluck()
    .all();
  const keys = db.prepare<[string], string>("SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk").pluck();
  return tables.map((table) => ({ table, key: keys.all(table) }));
}

/** As SQLite orders them: numbers by size, text by its UTF-8 bytes. */
function compareKeys(a: Row, b: Row, key: readonly string[]): number {
  for (const column of key) {
    const [one, other] = [a[column], b[column]];
    if (typeof one === "number" && typeof other === "number") {
      if (one !== other) return one - other;
      continue;
    }
    const order = Buffer.compare(Buffer.from(String(one)), Buffer.from(String(other)));
    if (order !== 0) return order;
  }
  return 0;
}
