import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import type { BenchContext } from "../../scripts/bench/bench.ts";
import { testBinary } from "../support/server.ts";
import { tempDir } from "../support/temp.ts";

/** A bench as small as can be, with a directory and a cache that go with the test. */
export async function tinyContext(size: number): Promise<BenchContext> {
  const base = tempDir();
  const [dir, cacheDir] = [join(base, "run"), join(base, "cache")];
  for (const each of [dir, cacheDir]) mkdirSync(each);
  const { path, version } = await testBinary();
  // Where it would be looked for: nothing is fetched again.
  symlinkSync(path, join(cacheDir, `nats-server-${version}`));
  return { size, runs: 1, dir, cacheDir, signal: new AbortController().signal, say: () => {} };
}
