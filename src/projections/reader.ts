import { join } from "node:path";
import { currentName, identityOf, pointerFile, readDir } from "./builds.ts";
import { readCheckpoint } from "./checkpoint.ts";
import { openForReading } from "./database.ts";
import type { Db } from "./db.ts";
import { schemaDigest } from "./origin.ts";
import { type BuildQueries, queriesOf, queriesThrough, type ReadModelQueries } from "./queries.ts";
import { matchStates } from "./states.ts";

export interface ReadOnlyModel extends ReadModelQueries {
  close(): void;
}

/**
 * The read model as a command beside the node sees it: whatever build is in force at each question. null when there is none,
 * or none of this version: then a node has to be started first.
 */
export function openReadOnly(dataDir: string): ReadOnlyModel | null {
  const dir = readDir(dataDir);
  let open = openCurrentForReading(dir);
  if (open === null) return null;

  function current(): BuildQueries {
    if (open === null) throw new Error("the read model was closed");
    const pointer = identityOf(pointerFile(dir));
    // A deleted pointer is a node about to heal itself: what we have is as right as it was.
    if (pointer !== null && pointer !== open.pointer) {
      const next = openCurrentForReading(dir);
      if (next !== null) {
        open.db.close();
        open = next;
      }
    }
    return open.queries;
  }

  return {
    ...queriesThrough(current),
    close() {
      open?.db.close();
      open = null;
    },
  };
}

interface OpenForReading {
  db: Db;
  queries: BuildQueries;
  pointer: string | null;
}

/** Between reading the pointer and opening what it names, the node may have swapped builds and deleted the old one. */
const triesMax = 5;

function openCurrentForReading(dir: string): OpenForReading | null {
  for (let tries = 0; tries < triesMax; tries++) {
    const pointer = identityOf(pointerFile(dir));
    const name = currentName(dir);
    if (name === null) return null;
    let db: Db | null = null;
    try {
      db = openForReading(join(dir, name));
      if (readCheckpoint(db).schema === schemaDigest()) {
        return { db, queries: queriesOf(db, matchStates(db, false)), pointer };
      }
      db.close();
      return null;
    } catch {
      db?.close();
      if (currentName(dir) === name) return null;
    }
  }
  return null;
}
