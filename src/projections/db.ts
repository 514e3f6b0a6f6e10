import type Database from "better-sqlite3";

/** An open build of the read models (database.ts). */
export type Db = Database.Database;
