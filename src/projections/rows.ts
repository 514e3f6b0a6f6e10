import type { Statement } from "better-sqlite3";
import type { Db } from "./db.ts";

/**
 * Rows on their way into their tables. A replay changes most rows several times before anyone looks: held back, each is written
 * once, in the order of its key and many by one statement: a third of what each costs alone (docs/performance.md).
 */
export interface Rows {
  table<Row extends object>(
    name: string,
    key: readonly (keyof Row & string)[],
    columns: readonly (keyof Row & string)[],
    /** How many may be held back: fewer of those that are long. */
    heldMax?: number,
  ): Table<Row>;
  /** Writes all of them. */
  flush(): void;
  /** Writes those of the tables that hold back too many. */
  relieve(): void;
  /** Of a transaction that failed: none of them is to be written. */
  forget(): void;
}

export interface Table<Row> {
  /** Whether or not there is a row of that key; every column is named by the row's type. */
  put(row: Row): void;
  /** Values of the key, in its order. Nothing happens where there is no such row. */
  remove(...key: (string | number)[]): void;
  /** Whether a row of that key is held back: then the table has an older one, or none. */
  holds(...key: (string | number)[]): boolean;
  /** Writes what is held back of this table. Whoever reads it calls this before. */
  flush(): void;
}

export function createRows(db: Db): Rows {
  const tables: HeldTable<object>[] = [];
  return {
    table<Row extends object>(
      name: string,
      key: readonly (keyof Row & string)[],
      columns: readonly (keyof Row & string)[],
      heldMax = shortRowsMax,
    ) {
      const table = new HeldTable<Row>(db, name, key, columns, heldMax);
      // Here a table is only flushed and emptied: of what its rows are nothing is asked.
      tables.push(table as unknown as HeldTable<object>);
      return table;
    },
    flush() {
      for (const table of tables) table.flush();
    },
    relieve() {
      for (const table of tables) table.relieve();
    },
    forget() {
      for (const table of tables) table.forget();
    },
  };
}

/** The stages of all matches of a season in 20 leagues, and sixty milliseconds' work. */
const shortRowsMax = 32_000;

/** Of rows that have some kB, as all that 42 models did. */
export const longRowsMax = 4000;

/** Rows a statement: more gain nothing, and each table keeps two statements. */
const rowsAtOnce = 50;

class HeldTable<Row extends object> implements Table<Row> {
  private readonly puts = new Map<string, Row>();
  private readonly removals = new Map<string, (string | number)[]>();
  private readonly key: readonly (keyof Row & string)[];
  private readonly all: readonly (keyof Row & string)[];
  private readonly many: Statement;
  private readonly one: Statement;
  private readonly delete: Statement;
  private readonly heldMax: number;

  constructor(
    db: Db,
    name: string,
    key: readonly (keyof Row & string)[],
    columns: readonly (keyof Row & string)[],
    heldMax: number,
  ) {
    this.key = key;
    this.heldMax = heldMax;
    this.all = [...key, ...columns];
    const values = `(${this.all.map(() => "?").join(", ")})`;
    const update = columns.map((column) => `${column} = excluded.${column}`).join(", ");
    const insert = (rows: number) =>
      db.prepare(
        `INSERT INTO ${name} (${this.all.join(", ")}) VALUES ${Array(rows).fill(values).join(", ")}
         ON CONFLICT (${key.join(", ")}) DO UPDATE SET ${update}`,
      );
    this.many = insert(rowsAtOnce);
    this.one = insert(1);
    this.delete = db.prepare(`DELETE FROM ${name} WHERE ${key.map((column) => `${column} = ?`).join(" AND ")}`);
  }

  relieve(): void {
    if (this.puts.size + this.removals.size > this.heldMax) this.flush();
  }

  put(row: Row): void {
    const key = this.keyOf(row);
    this.puts.set(key, row);
    if (this.removals.size > 0) this.removals.delete(key);
  }

  remove(...key: (string | number)[]): void {
    const text = key.join("\0");
    this.puts.delete(text);
    this.removals.set(text, key);
  }

  holds(...key: (string | number)[]): boolean {
    return this.puts.has(key.join("\0"));
  }

  flush(): void {
    for (const key of this.removals.values()) this.delete.run(key);
    this.removals.clear();
    if (this.puts.size === 0) return;
    // In the order of the table, neighbours go to the same page.
    const keys = [...this.puts.keys()].sort();
    const whole = keys.length - (keys.length % rowsAtOnce);
    for (let at = 0; at < whole; at += rowsAtOnce) this.many.run(this.values(keys, at, at + rowsAtOnce));
    for (let at = whole; at < keys.length; at++) this.one.run(this.values(keys, at, at + 1));
    this.puts.clear();
  }

  forget(): void {
    this.puts.clear();
    this.removals.clear();
  }

  private keyOf(row: Row): string {
    const { key } = this;
    let text = String(row[key[0] as keyof Row & string]);
    for (let i = 1; i < key.length; i++) text += `\0${String(row[key[i] as keyof Row & string])}`;
    return text;
  }

  private values(keys: readonly string[], from: number, to: number): unknown[] {
    const values: unknown[] = [];
    for (let at = from; at < to; at++) {
      const row = this.puts.get(keys[at] ?? "");
      if (row === undefined) throw new Error("a row went while it was written");
      for (const column of this.all) values.push(row[column]);
    }
    return values;
  }
}
