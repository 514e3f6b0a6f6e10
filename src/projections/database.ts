import Database from "better-sqlite3";
import { anomaliesSchema } from "./anomalies.ts";
import { autoRetrosSchema } from "./auto-retros.ts";
import { callsSchema } from "./calls.ts";
import { checkpointSchema } from "./checkpoint.ts";
import type { Db } from "./db.ts";
import { failuresSchema } from "./failures.ts";
import { lettersSchema } from "./letters.ts";
import { matchesSchema } from "./matches.ts";
import { modelCostsSchema } from "./model-costs.ts";
import { modelHealthSchema } from "./model-health.ts";
import { modelPairsSchema } from "./model-pairs.ts";
import { modelSumsSchema } from "./model-sums.ts";
import { requestsSchema } from "./requests.ts";
import { resultsSchema } from "./results.ts";
import { scoresSchema } from "./scores.ts";
import { sourcesSchema } from "./sources.ts";
import { stagesSchema } from "./stages.ts";
import { statesSchema } from "./states.ts";

/** Every table of a build, in one text: its hash tells whether this program can read a build at all. */
export const schema = [
  checkpointSchema,
  statesSchema,
  matchesSchema,
  requestsSchema,
  stagesSchema,
  failuresSchema,
  scoresSchema,
  resultsSchema,
  sourcesSchema,
  anomaliesSchema,
  lettersSchema,
  callsSchema,
  autoRetrosSchema,
  modelHealthSchema,
  modelCostsSchema,
  modelSumsSchema,
  modelPairsSchema,
].join("\n");

/** Commits of a live build go to the write-ahead log; it is folded back after 16 MiB, as each time costs two syncs. */
const walPages = 4096;

/** No journal and no syncs, since a build that a crash interrupts is thrown away. */
export const bulkPragmas = ["journal_mode = OFF", "synchronous = OFF"];

/**
 * An empty database for a rebuild. A failed transaction leaves it undefined. `""` is a temporary database that goes with its
 * connection.
 */
export function createBulk(file: string): Db {
  const db = new Database(file);
  for (const pragma of bulkPragmas) db.pragma(pragma);
  // Half of it took a seventh longer at a million matches, and no less memory. Indexes are sorted in a cache of their own.
  db.pragma("cache_size = -65536");
  db.exec(schema);
  return db;
}

/** Tables whose indexes answer queries alone: while a build is made nobody asks. */
const askedLater = ["matches", "results", "scores"];

/**
 * Takes away the indexes that a build can do without until it is whole; gives the statements that make them. Kept up row by row
 * they are half of what writing a match costs, and a seventh when they are made of all rows at once.
 */
export function takeIndexes(db: Db): string[] {
  const indexes = db
    .prepare<string[], { name: string; sql: string }>(
      `SELECT name, sql FROM sqlite_schema
       WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN (${askedLater.map(() => "?").join(", ")})`,
    )
    .all(...askedLater);
  for (const { name } of indexes) db.exec(`DROP INDEX ${name}`);
  return indexes.map(({ sql }) => sql);
}

/** Makes a database one that readers and the projector share: readers see whole batches only, a crash of the process loses none. */
export function makeLive(db: Db): void {
  db.pragma("journal_mode = WAL");
  db.pragma("synchronous = NORMAL");
  db.pragma(`wal_autocheckpoint = ${walPages}`);
  // The first read creates the files beside the database, whose identity tells later whether someone deleted them.
  db.prepare("SELECT count(*) FROM sqlite_schema").get();
}

export function openLive(file: string): Db {
  const db = new Database(file, { fileMustExist: true });
  try {
    makeLive(db);
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

export function openForReading(file: string): Db {
  return new Database(file, { readonly: true, fileMustExist: true });
}
