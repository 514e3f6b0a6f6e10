import { setImmediate } from "node:timers/promises";
import { join } from "node:path";
import type { EventLog } from "../events/log.ts";
import type { Policy } from "../match/policy.ts";
import { currentName, readDir } from "./builds.ts";
import { begin, type Checkpoint, readCheckpoint } from "./checkpoint.ts";
import { createBulk, openForReading, takeIndexes } from "./database.ts";
import type { Db } from "./db.ts";
import { differences, originOf } from "./origin.ts";
import { createProjector } from "./projector.ts";
import { createScratch } from "./scratch.ts";
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
  const scratch = createScratch(dataDir);
  const rebuilt = createBulk(scratch.file);
  try {
    // SQLite compares two tables in an eighth of the time that their rows take through JavaScript.
    live.prepare("ATTACH ? AS rebuilt").run(scratch.file);
    live.exec("BEGIN");
    const checkpoint = readCheckpoint(live);
    const other = differences(checkpoint, origin);
    if (other.length > 0) throw new NothingToVerify(`the read model was made with another ${other.join(" and ")}`);
    const last = await log.last();
    if (last < checkpoint.sequence) {
      throw new NothingToVerify(`the read model is at ${checkpoint.sequence}, the log ends at ${last}`);
    }
    begin(rebuilt, origin);
    takeIndexes(rebuilt);
    await replayTo(checkpoint, rebuilt, { log, policy, onProgress: onProgress ?? (() => {}) });
    return { sequence: checkpoint.sequence, ...compare(live) };
  } finally {
    live.close();
    rebuilt.close();
    scratch.remove();
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

interface Table {
  name: string;
  key: string[];
  columns: string[];
}

function compare(live: Db): Omit<Verified, "sequence"> {
  const found: RowDifference[] = [];
  let rows = 0;
  for (const table of tablesOf(live)) {
    const { ours, theirs, same } = countsOf(live, table);
    const differ = ours !== same || theirs !== same;
    rows += differ ? compareRows(live, table, found) : same;
  }
  return { equal: found.length === 0, rows, differences: found.slice(0, differencesMax) };
}

/** Rows of the two, and how many are in both. Floats agree to the last bit, as `IS` does not round. */
function countsOf(live: Db, { name, key, columns }: Table): { ours: number; theirs: number; same: number } {
  const among = (some: readonly string[]) => some.map((column) => `a.${column} IS b.${column}`).join(" AND ");
  const rest = columns.filter((column) => !key.includes(column));
  const joined = `SELECT count(*) FROM main.${name} a JOIN rebuilt.${name} b ON ${among(key)}`;
  const count = (sql: string) => live.prepare<[], number>(sql).pluck().get() ?? 0;
  return {
    ours: count(`SELECT count(*) FROM main.${name}`),
    theirs: count(`SELECT count(*) FROM rebuilt.${name}`),
    same: count(rest.length === 0 ? joined : `${joined} WHERE ${among(rest)}`),
  };
}

/** Row by row, to name what differs; the number of keys that either has. */
function compareRows(live: Db, { name, key, columns }: Table, found: RowDifference[]): number {
  let rows = 0;
  const before = (a: Row, b: Row) => compareKeys(a, b, key) < 0;
  const keyOf = (row: Row) => key.map((column) => String(row[column])).join(" ");
  const [ours, theirs] = ["main", "rebuilt"].map((database) =>
    live.prepare<[], Row>(`SELECT * FROM ${database}.${name} ORDER BY ${key.join(", ")}`).iterate(),
  ) as [Rows, Rows];
  let [a, b] = [ours.next(), theirs.next()];
  while (!a.done || !b.done) {
    rows++;
    if (b.done || (!a.done && before(a.value, b.value))) {
      if (!a.done) found.push({ table: name, key: keyOf(a.value), column: "*", live: a.value, rebuilt: null });
      a = ours.next();
    } else if (a.done || before(b.value, a.value)) {
      found.push({ table: name, key: keyOf(b.value), column: "*", live: null, rebuilt: b.value });
      b = theirs.next();
    } else {
      for (const column of columns) {
        const [one, other] = [a.value[column], b.value[column]];
        if (!isSame(one, other)) found.push({ table: name, key: keyOf(b.value), column, live: one, rebuilt: other });
      }
      [a, b] = [ours.next(), theirs.next()];
    }
  }
  return rows;
}

type Rows = IterableIterator<Row>;

function isSame(one: unknown, other: unknown): boolean {
  return Buffer.isBuffer(one) && Buffer.isBuffer(other) ? one.equals(other) : one === other;
}

function tablesOf(db: Db): Table[] {
  const names = db
    .prepare<[], string>(
      "SELECT name FROM rebuilt.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )
    .pluck()
    .all();
  const columns = db.prepare<[string], { name: string; pk: number }>(
    "SELECT name, pk FROM pragma_table_info(?, 'rebuilt') ORDER BY cid",
  );
  return names.map((name) => {
    const all = columns.all(name);
    const key = all.filter(({ pk }) => pk > 0).sort((a, b) => a.pk - b.pk);
    return { name, key: key.map((it) => it.name), columns: all.map((it) => it.name) };
  });
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
