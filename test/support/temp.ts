import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A directory that goes when the test ends. */
export function tempDir(): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "fulltime-test-")));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Directories for a whole file; `remove` them in afterAll. */
export function scratchDirectories() {
  const base = realpathSync(mkdtempSync(join(tmpdir(), "fulltime-test-")));
  return {
    make(name: string): string {
      const dir = join(base, name);
      mkdirSync(dir);
      return dir;
    },
    remove: () => rmSync(base, { recursive: true, force: true }),
  };
}
