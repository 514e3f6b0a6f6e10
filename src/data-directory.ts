import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { z } from "zod";
import { isAlive } from "./alive.ts";

/** What a running node tells the commands beside it. */
export interface NodeNote {
  pid: number;
  startedAt: string;
  /** null when this node serves no HTTP. */
  http: string | null;
  nats: string;
  embedded: boolean;
}

export interface DataDirectory {
  readonly path: string;
  /** Says where this node is to be found, for `nats-env`, `status` and whoever finds the directory taken. */
  announce(note: NodeNote): void;
  /** Gives the directory up; safe twice. */
  release(): void;
}

/** Another node holds the directory. */
export class DataDirectoryTaken extends Error {
  override readonly name = "DataDirectoryTaken";
  readonly path: string;
  readonly pid: number | null;

  constructor(path: string, pid: number | null) {
    super(
      `${path} is in use by a running node (${pid === null ? "it has not said its pid yet" : `pid ${pid}`}): ` +
        "stop that one, or give this one a directory of its own with FULLTIME_DATA_DIR",
    );
    this.path = path;
    this.pid = pid;
  }
}

/** The directory holds the log of another kind of run. */
export class DataDirectoryForeign extends Error {
  override readonly name = "DataDirectoryForeign";

  constructor(path: string, setting: string, made: string | null, wanted: string | null) {
    const was = made === null ? `for no one ${setting}` : `with ${setting} ${made}`;
    const use = made === null ? `name none` : `use ${made}`;
    const other = wanted === null ? "" : `, not ${wanted}`;
    super(`${path} was made ${was}${other}: ${use}, or another directory with FULLTIME_DATA_DIR`);
  }
}

/** What a data directory was made with: changing it would mix two stories in one log. */
export interface Origin {
  source: string;
  clock: string;
  /** null: whatever it is told to follow, season after season. */
  competition: string | null;
  season: string | null;
}

/**
 * The locks this process holds. A database that nothing refers to is closed by the garbage collector, and with it would go
 * the lock of a node that has forgotten its directory.
 */
const locks = new Set<Database.Database>();

/** A command that looks whether the directory is taken holds it for an instant: wait that out. */
const probeMs = 500;

/**
 * Takes a data directory for one node: an exclusive transaction on `node.lock`, which the system gives up with the process
 * however it dies, and which no reused pid can fake. Throws `DataDirectoryTaken` or `DataDirectoryForeign`.
 */
export function takeDataDirectory(path: string, origin: Origin): DataDirectory {
  mkdirSync(path, { recursive: true });
  const lock = new Database(join(path, "node.lock"), { timeout: probeMs });
  try {
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if (error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY")) {
      throw new DataDirectoryTaken(path, readNote(path)?.pid ?? null);
    }
    throw error;
  }
  try {
    requireOrigin(path, origin);
  } catch (error) {
    lock.close();
    throw error;
  }
  rmSync(noteFile(path), { force: true });
  locks.add(lock);
  return {
    path,
    announce: (note) => writeWhole(noteFile(path), note),
    release() {
      if (!locks.delete(lock)) return;
      rmSync(noteFile(path), { force: true });
      lock.close();
    },
  };
}

/** Whether a node holds the directory now. */
export function isTaken(path: string): boolean {
  let lock: Database.Database;
  try {
    lock = new Database(join(path, "node.lock"), { timeout: 0, fileMustExist: true });
  } catch {
    return false;
  }
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return false;
  } catch {
    return true;
  } finally {
    lock.close();
  }
}

/** The note of the node that holds the directory; null when none does, or it has not announced itself yet. */
export function runningNode(path: string): NodeNote | null {
  if (!isTaken(path)) return null;
  const note = readNote(path);
  // A killed node leaves its note, and the next one holds the lock for a moment before it takes that away.
  return note !== null && isAlive(note.pid) ? note : null;
}

function noteFile(path: string): string {
  return join(path, "node.json");
}

const noteSchema = z.object({
  pid: z.number(),
  startedAt: z.string(),
  http: z.string().nullable(),
  nats: z.string(),
  embedded: z.boolean(),
});

function readNote(path: string): NodeNote | null {
  return readJson(noteFile(path), noteSchema);
}

const originSchema = z.object({
  source: z.string(),
  clock: z.string(),
  competition: z.string().nullable(),
  season: z.string().nullable(),
});

function requireOrigin(path: string, wanted: Origin): void {
  const file = join(path, "origin.json");
  const made = readJson(file, originSchema);
  if (made === null) {
    // Written whole, it is never half a file: whoever changed it must say what the log holds.
    if (existsSync(file))
      throw new Error(
        `${file} does not say what the directory was made with: restore it, or use another directory with FULLTIME_DATA_DIR`,
      );
    return writeWhole(file, wanted);
  }
  for (const setting of ["source", "clock", "competition", "season"] as const) {
    if (made[setting] !== wanted[setting])
      throw new DataDirectoryForeign(path, setting, made[setting], wanted[setting]);
  }
}

/** The origin of a directory's log, null for a directory without one. */
export function readOrigin(path: string): Origin | null {
  return readJson(join(path, "origin.json"), originSchema);
}

function readJson<T>(file: string, schema: z.ZodType<T>): T | null {
  try {
    return schema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return null;
  }
}

/** A reader sees the old file or the new one, never half of it. */
function writeWhole(file: string, value: object): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(value)}\n`);
  renameSync(`${file}.new`, file);
}
