import { access, constants, mkdir, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { Category } from "../../match/event.ts";

export interface DiskFree {
  /** What an unprivileged program may still write. */
  freeBytes: number;
  totalBytes: number;
  /** Free share of the disk, 0 to 100. */
  percent: number;
}

/** Below this the log could fill the disk before anybody looks. */
export const leastFreePercent = 5;

/** Below this somebody should look, while there is still room to work. */
export const lowFreePercent = 10;

/** The disk that holds `dir`, which must exist. */
export async function diskFree(dir: string): Promise<DiskFree> {
  const { bavail, blocks, bsize } = await statfs(dir);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize, percent: blocks === 0 ? 0 : (100 * bavail) / blocks };
}

/** Makes a directory the log can live in. Rejects with `DataDirUnusable` or `DiskFull`; `measure` is for tests, which have no full disk. */
export async function prepareDataDir(
  dir: string,
  measure: (dir: string) => Promise<DiskFree> = diskFree,
): Promise<void> {
  try {
    await makeDirectory(dir);
    await access(dir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new DataDirUnusable(dir, cause as NodeJS.ErrnoException);
  }
  const { percent } = await measure(dir);
  if (percent < leastFreePercent) throw new DiskFull(dir, percent);
}

/** Not by mkdir's `recursive`, which asks for ever where the system has no such place (`/proc/x`; Node 20). */
async function makeDirectory(dir: string): Promise<void> {
  if (await isDirectory(dir)) return;
  if (dirname(dir) !== dir) await makeDirectory(dirname(dir));
  await mkdir(dir).catch(async (error: NodeJS.ErrnoException) => {
    // Another process may have made it meanwhile.
    if (error.code !== "EEXIST" || !(await isDirectory(dir))) throw error;
  });
}

function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    (error: NodeJS.ErrnoException) => (error.code === "ENOENT" ? false : Promise.reject(error)),
  );
}

export class DataDirUnusable extends Error {
  override readonly name = "DataDirUnusable";
  readonly category: Category = "permanent";
  readonly dir: string;

  constructor(dir: string, cause: NodeJS.ErrnoException) {
    super(
      `cannot keep data in ${dir}: ${explain(cause)}; choose another directory with FULLTIME_DATA_DIR, or put this one right`,
      { cause },
    );
    this.dir = dir;
  }
}

export class DiskFull extends Error {
  override readonly name = "DiskFull";
  readonly category: Category = "permanent";
  readonly dir: string;
  readonly freePercent: number;

  constructor(dir: string, freePercent: number) {
    super(
      `the disk that holds ${dir} is ${freePercent.toFixed(1)} % free; fulltime starts its log only with ${leastFreePercent} % or more. ` +
        "Free some space, or choose another directory with FULLTIME_DATA_DIR",
    );
    this.dir = dir;
    this.freePercent = freePercent;
  }
}

function explain(error: NodeJS.ErrnoException): string {
  const where = error.path ?? "it";
  switch (error.code ?? "") {
    case "EEXIST":
    case "ENOTDIR":
      return `${where} is a file or lies below one, not a directory`;
    case "EACCES":
    case "EPERM":
      return `this user may not write ${where}`;
    case "EROFS":
      return `${where} lies on a read-only file system`;
    case "ENOENT":
      return `${where} cannot be made`;
    default:
      return error.message;
  }
}
