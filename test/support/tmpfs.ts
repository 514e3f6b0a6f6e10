import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A file system of a few megabytes, in memory. */
export interface SmallDisk {
  readonly dir: string;
  /** Free share, 0 to 100. */
  freePercent(): number;
  /** Writes a file so large that this share stays free. */
  fillTo(freePercent: number): void;
  /** Takes that file away. */
  empty(): void;
  resize(megabytes: number): void;
  /** Safe twice. */
  remove(): void;
}

/** Why no small file system can be mounted here, null when one can. */
export function whyNoTmpfs(): string | null {
  try {
    mountTmpfs(1).remove();
    return null;
  } catch (error) {
    return `mounting a tmpfs is not permitted: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}`;
  }
}

/** Mounts one, at a directory of its own or the one given. */
export function mountTmpfs(megabytes: number, at?: string): SmallDisk {
  const dir = at ?? realpathSync(mkdtempSync(join(tmpdir(), "fulltime-disk-")));
  mkdirSync(dir, { recursive: true });
  const run = (command: string, ...args: string[]) => execFileSync(command, args, { stdio: "pipe" });
  let mounted = false;
  const ballast = join(dir, "ballast");
  const disk: SmallDisk = {
    dir,
    freePercent() {
      const { bavail, blocks } = statfsSync(dir);
      return (100 * bavail) / blocks;
    },
    fillTo(freePercent) {
      rmSync(ballast, { force: true });
      const { bavail, blocks, bsize } = statfsSync(dir);
      const bytes = Math.floor((bavail - (blocks * freePercent) / 100) * bsize);
      if (bytes > 0) writeFileSync(ballast, Buffer.alloc(bytes));
    },
    empty: () => rmSync(ballast, { force: true }),
    resize: (size) => void run("mount", "-o", `remount,size=${size}m`, dir),
    remove() {
      // Lazily: a process that is just ending may still have a file open.
      if (mounted) run("umount", "-l", dir);
      mounted = false;
      rmSync(dir, { recursive: true, force: true });
    },
  };
  try {
    run("mount", "-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", dir);
    mounted = true;
  } catch (error) {
    disk.remove();
    throw error;
  }
  return disk;
}
