import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

/**
 * The deliveries that ran alone when a process of this node died: with what nothing ran beside, it most likely died of. They
 * go last, so that what was only waiting behind them is not counted along with them until it looks as guilty as they are.
 */
export interface Suspects {
  has(delivery: string): boolean;
  /** It runs alone from now on: if the process dies before `ended`, it is suspected by the next one. */
  began(delivery: string): void;
  /** It was survived. */
  ended(delivery: string): void;
}

const noted = z.array(z.string());

/** Kept in a file of the data directory: what a process has died of, nobody else can remember. */
export function suspectsIn(dataDir: string): Suspects {
  const path = join(dataDir, "ran-alone.json");
  const suspected = new Set(read(path));
  const running = new Set<string>();

  function note(): void {
    const all = [...new Set([...suspected, ...running])];
    if (all.length === 0) rmSync(path, { force: true });
    // Not synced: it has to survive the process, not the machine.
    else writeFileSync(path, JSON.stringify(all));
  }

  return {
    has: (delivery) => suspected.has(delivery),
    began(delivery) {
      running.add(delivery);
      if (!suspected.has(delivery)) note();
    },
    ended(delivery) {
      running.delete(delivery);
      suspected.delete(delivery);
      note();
    },
  };
}

/** A file that is not there, or was cut off by the death it is about, suspects nobody: all are counted, as without it. */
function read(path: string): readonly string[] {
  try {
    return noted.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return [];
  }
}
