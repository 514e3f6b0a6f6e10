import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { runOnThread } from "../../src/projections/on-thread.ts";
import { tempDir } from "../support/temp.ts";

function numbers(): { file: string; db: Database.Database } {
  const file = join(tempDir(), "numbers.sqlite");
  const db = new Database(file);
  db.exec("CREATE TABLE numbers (n INTEGER NOT NULL)");
  db.exec("INSERT INTO numbers SELECT value FROM json_each('[3, 1, 2]')");
  return { file, db };
}

const never = new AbortController().signal;

test("what a thread did is there for whoever has the database open", async () => {
  const { file, db } = numbers();
  const ordered = db.prepare<[], number>("SELECT n FROM numbers ORDER BY n").pluck();
  expect(ordered.all()).toEqual([1, 2, 3]);
  await runOnThread(file, { pragmas: ["journal_mode = OFF"], statements: ["CREATE INDEX by_n ON numbers (n)"] }, never);
  expect(ordered.all()).toEqual([1, 2, 3]);
  expect(db.prepare("SELECT n FROM numbers INDEXED BY by_n WHERE n = 2").pluck().get()).toBe(2);
  db.close();
});

test("what SQLite refuses is the caller's", async () => {
  const { file, db } = numbers();
  await expect(
    runOnThread(file, { pragmas: [], statements: ["CREATE INDEX i ON letters (n)"] }, never),
  ).rejects.toThrow("no such table");
  db.close();
});

test("ends with the signal, and lets go of the database", async () => {
  const { file, db } = numbers();
  const stop = new AbortController();
  const forever =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 3000000) INSERT INTO numbers SELECT i FROM n";
  const run = runOnThread(file, { pragmas: [], statements: [forever, forever, forever] }, stop.signal);
  stop.abort(new Error("enough"));
  await expect(run).rejects.toThrow("enough");
  db.exec("DELETE FROM numbers");
  db.close();
});
