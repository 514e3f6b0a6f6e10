import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "../alive.ts";

export interface Scratch {
  readonly file: string;
  remove(): void;
}

let made = 0;

/**
 * A place in `dir` for a database that is of no use once this process ends, and goes with it; those that killed processes
 * left there are removed now. It keeps its name while it is there: SQLite writes to no file that has lost it.
 */
export function createScratch(dir: string): Scratch {
  for (const name of readdirSync(dir)) {
    const [, pid] = /^scratch-(\d+)-\d+\.sqlite$/.exec(name) ?? [];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(dir, name), { force: true });
  }
  const file = join(dir, `scratch-${process.pid}-${++made}.sqlite`);
  const remove = () => {
    process.removeListener("exit", remove);
    rmSync(file, { force: true });
  };
  process.once("exit", remove);
  return { file, remove };
}
