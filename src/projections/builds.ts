import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ulid } from "ulid";
import type { Policy } from "../match/policy.ts";
import { begin, type Checkpoint, type Origin, readCheckpoint } from "./checkpoint.ts";
import { createBulk, makeLive, openLive, takeIndexes } from "./database.ts";
import type { Db } from "./db.ts";
import { createProjector, type Projector } from "./projector.ts";
import { type BuildQueries, queriesOf } from "./queries.ts";
import { matchStates } from "./states.ts";

/**
 * The files of the read model, in `<data>/read/`. Each build has a name of its own and `current` names the one in force,
 * replaced by rename: a database is never renamed over another, since a `-wal` left beside it would serve old rows.
 */
export function readDir(dataDir: string): string {
  return join(dataDir, "read");
}

const pointer = "current";

/** One build, open for writing by the one node that has the data directory. */
export interface Build {
  readonly name: string;
  readonly db: Db;
  readonly projector: Projector;
  /** Once it is indexed. */
  readonly queries: BuildQueries;
  /** What makes the indexes that a new build goes without until it is whole. */
  readonly indexes: readonly string[];
  /** From now on reads are shared, and `intact` watches the files beside the database too. */
  makeLive(): void;
  /** Names this build as the current one. */
  publish(): void;
  /** The files are those we opened: nobody deleted or replaced any. */
  intact(): boolean;
  close(): void;
  /** Closes, and deletes the files. */
  discard(): void;
}

/** A new, empty build. Creates the folder when it has gone. `seed` is any instant: names need no order, only difference. */
export function createBuild(dir: string, origin: Origin, policy: Policy, seed: number): Build {
  mkdirSync(dir, { recursive: true });
  const name = `${ulid(seed)}.sqlite`;
  const db = createBulk(join(dir, name));
  begin(db, origin);
  return buildOf(dir, name, db, policy, [""], takeIndexes(db));
}

/** The current build; null when there is none that this program can read. `onUnusable` is told why. */
export function openCurrent(
  dir: string,
  policy: Policy,
  onUnusable: (why: string) => void,
): [Build, Checkpoint] | null {
  const name = currentName(dir);
  if (name === null) return null;
  let db: Db | null = null;
  try {
    db = openLive(join(dir, name));
    const checkpoint = readCheckpoint(db);
    return [buildOf(dir, name, db, policy, [pointer, ...sideFiles], []), checkpoint];
  } catch (error) {
    // Whatever it is, a torn file or tables of another version: it is rebuilt.
    db?.close();
    onUnusable(error instanceof Error ? error.message : String(error));
    return null;
  }
}

/** Name of the build in force, null when none is. */
export function currentName(dir: string): string | null {
  try {
    const name = readFileSync(join(dir, pointer), "utf8").trim();
    return /^[0-9A-Z]{26}\.sqlite$/.test(name) ? name : null;
  } catch {
    return null;
  }
}

/** Deletes every file of the folder that does not belong to the build of that name. For the node alone. */
export function sweep(dir: string, keep: string | null): void {
  let names: string[] = [];
  try {
    names = readdirSync(dir);
  } catch {
    return;
  }
  for (const name of names) {
    const kept = keep !== null && (name === pointer || name.startsWith(keep));
    if (!kept) rmSync(join(dir, name), { recursive: true, force: true });
  }
}

const sideFiles = ["-wal", "-shm"];

function buildOf(
  dir: string,
  name: string,
  db: Db,
  policy: Policy,
  watched: readonly string[],
  indexes: readonly string[],
): Build {
  const states = matchStates(db, true);
  const projector = createProjector(db, states, policy);
  let queries: BuildQueries | null = null;
  const file = join(dir, name);
  const pathOf = (part: string) => (part === pointer ? join(dir, pointer) : `${file}${part}`);
  let identities = new Map<string, string | null>();
  const watch = (...parts: string[]) => {
    for (const part of parts) identities.set(part, identityOf(pathOf(part)));
  };
  watch("", ...watched);

  return {
    name,
    db,
    projector,
    get queries() {
      return (queries ??= queriesOf(db, states));
    },
    indexes,
    makeLive() {
      makeLive(db);
      watch(...sideFiles);
    },
    publish() {
      const draft = join(dir, `${pointer}.${name}`);
      writeFileSync(draft, `${name}\n`, { flush: true });
      renameSync(draft, join(dir, pointer));
      watch(pointer);
    },
    intact() {
      for (const [part, identity] of identities)
        if (identityOf(pathOf(part)) !== identity || identity === null) return false;
      return true;
    },
    close() {
      identities = new Map();
      db.close();
    },
    discard() {
      db.close();
      for (const part of ["", ...sideFiles]) rmSync(pathOf(part), { force: true });
    },
  };
}

/** Device and inode, which nobody reuses while we hold the file open; null when there is no such file. */
export function identityOf(path: string): string | null {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? null : `${stats.dev}:${stats.ino}`;
}

export function pointerFile(dir: string): string {
  return join(dir, pointer);
}
