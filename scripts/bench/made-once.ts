import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BenchContext } from "./bench.ts";

/** A directory of the cache, filled by `fill` where it is not there yet; one that was left half-made is made anew. */
export async function madeOnce(
  { cacheDir, say }: Pick<BenchContext, "cacheDir" | "say">,
  { name, what, fill }: { name: string; what: string; fill: (dir: string) => Promise<void> },
): Promise<string> {
  const dir = join(cacheDir, name);
  if ((await stat(join(dir, "complete")).catch(() => null)) !== null) return dir;
  say(`making ${what} in ${dir}, once`);
  const draft = `${dir}.${process.pid}`;
  await mkdir(draft, { recursive: true });
  try {
    await fill(draft);
    await writeFile(join(draft, "complete"), "");
    await rm(dir, { recursive: true, force: true });
    await rename(draft, dir);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return dir;
}
