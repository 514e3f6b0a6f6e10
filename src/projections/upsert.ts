import type { Statement } from "better-sqlite3";
import type { Db } from "./db.ts";

/** A statement that writes one row whole, whether or not there is one of that key. Every column is named by the row's type. */
export function upsert<Row extends object>(
  db: Db,
  table: string,
  key: readonly (keyof Row & string)[],
  columns: readonly (keyof Row & string)[],
): Statement<[Row]> {
  const all = [...key, ...columns];
  const values = all.map((column) => `@${column}`).join(", ");
  const update = columns.map((column) => `${column} = excluded.${column}`).join(", ");
  return db.prepare<[Row]>(
    `INSERT INTO ${table} (${all.join(", ")}) VALUES (${values}) ON CONFLICT (${key.join(", ")}) DO UPDATE SET ${update}`,
  );
}

/** SQLite has no booleans. */
export type Flag = 0 | 1;

export function flag(value: boolean): Flag {
  return value ? 1 : 0;
}
