import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { compare, parseSemVer } from "nats";
import { reasonOf, serverVersion } from "./executable.ts";
import { isNewEnough, ServerTooOld } from "./version.ts";

export interface CachedBinary {
  path: string;
  version: string;
}

const prefix = "nats-server-";
const staging = ".staging-";
const hourMs = 3_600_000;

/** The newest usable binary in the cache, or why there is none. */
export async function findCached(cacheDir: string): Promise<CachedBinary | { reason: string }> {
  const names = await readdir(cacheDir).catch(() => []);
  const versions = names.flatMap((name) => /^nats-server-(\d+\.\d+\.\d+\S*)$/.exec(name)?.[1] ?? []);
  versions.sort((a, b) => compare(parseSemVer(b), parseSemVer(a)));
  const reasons: string[] = [];
  for (const version of versions.filter(isNewEnough)) {
    const path = join(cacheDir, prefix + version);
    try {
      return { path, version: await serverVersion(path) };
    } catch (error) {
      reasons.push(reasonOf(error));
    }
  }
  return { reason: reasons.length > 0 ? reasons.join("; ") : `${cacheDir} holds none` };
}

/**
 * Fetches a binary into a directory of its own and moves it into the cache by one rename: other processes see either nothing
 * or a whole file that has already run, and whoever is last replaces an equal file. `fetch` returns the path of the binary in `dir`.
 */
export async function installBinary(cacheDir: string, fetch: (dir: string) => Promise<string>): Promise<CachedBinary> {
  await mkdir(cacheDir, { recursive: true });
  const dir = await mkdtemp(join(cacheDir, staging));
  try {
    await removeAbandoned(cacheDir, dir);
    const file = await fetch(dir);
    await chmod(file, 0o755);
    const version = await serverVersion(file);
    if (!isNewEnough(version)) throw new ServerTooOld(version, file);
    const path = join(cacheDir, prefix + version);
    await rename(file, path);
    return { path, version };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** A fetch that was killed leaves its directory behind; none takes an hour. */
async function removeAbandoned(cacheDir: string, own: string): Promise<void> {
  const now = (await stat(own)).mtimeMs;
  for (const name of await readdir(cacheDir)) {
    const dir = join(cacheDir, name);
    const info = name.startsWith(staging) ? await stat(dir).catch(() => null) : null;
    if (info !== null && now - info.mtimeMs > hourMs) await rm(dir, { recursive: true, force: true });
  }
}
