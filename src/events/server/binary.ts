import envPaths from "env-paths";
import type { Category } from "../../match/event.ts";
import { type CachedBinary, findCached, installBinary } from "./cache.ts";
import { fetchDebian } from "./debian.ts";
import { allOnPath, reasonOf, serverVersion } from "./executable.ts";
import { fetchRelease, type Release, releaseBase, releaseVersion } from "./release.ts";
import { isNewEnough, oldestServer, ServerTooOld } from "./version.ts";

export interface ServerBinary {
  /** Absolute path. */
  path: string;
  /** Like `2.15.1`. */
  version: string;
  from: "path" | "cache" | "release" | "debian";
}

export interface FindOptions {
  /** Where a nats-server (and apt-get, dpkg-deb) is looked for; default: this process's PATH. */
  path?: string;
  /** Where fetched binaries are kept, shared by any number of processes; default: the user's cache directory. */
  cacheDir?: string;
  /** The release to fetch, and from where. */
  release?: Partial<Release>;
  /** Where apt's configuration lies, default `/etc/apt`. */
  aptDir?: string;
  /** Told what takes long, one line each. */
  onProgress?: (text: string) => void;
}

/**
 * A nats-server new enough for the log: from PATH, else from the cache, else fetched into the cache, first as the official
 * release archive, then as Debian's package. Rejects with `NoServerBinary` when none of these gives one.
 */
export async function findServerBinary(options: FindOptions = {}): Promise<ServerBinary> {
  const path = options.path ?? process.env.PATH ?? "";
  const cacheDir = options.cacheDir ?? envPaths("fulltime", { suffix: "" }).cache;
  const release: Release = { base: releaseBase, version: releaseVersion, ...options.release };
  const aptDir = options.aptDir ?? "/etc/apt";
  const onProgress = options.onProgress ?? (() => {});

  const tried: Attempt[] = [];
  const ways: [ServerBinary["from"], () => Promise<CachedBinary | { reason: string }>][] = [
    ["path", () => searchPath(path)],
    ["cache", () => findCached(cacheDir)],
    ["release", () => installBinary(cacheDir, (dir) => fetchRelease(release, dir, onProgress))],
    ["debian", () => installBinary(cacheDir, (dir) => fetchDebian({ etc: aptDir, path }, dir, onProgress))],
  ];
  for (const [way, attempt] of ways) {
    const found = await attempt().catch((error: unknown) => ({ reason: reasonOf(error) }));
    if ("path" in found) return { ...found, from: way };
    tried.push({ way, reason: found.reason });
    if (way === "release") onProgress(`no nats-server by release archive: ${found.reason}`);
  }
  throw new NoServerBinary(tried, cacheDir, release);
}

/** What one way came to. */
export interface Attempt {
  way: ServerBinary["from"];
  reason: string;
}

const wayNames: Record<ServerBinary["from"], string> = {
  path: "on PATH",
  cache: "in the cache",
  release: "release archive",
  debian: "Debian package",
};

export class NoServerBinary extends Error {
  override readonly name = "NoServerBinary";
  readonly category: Category = "permanent";
  readonly tried: readonly Attempt[];

  constructor(tried: readonly Attempt[], cacheDir: string, release: Release) {
    const text = [
      `found no nats-server ${oldestServer} or newer. Tried:`,
      ...tried.map(({ way, reason }) => `  - ${wayNames[way]}: ${reason}`),
      "Any of these helps:",
      `  - put nats-server ${oldestServer} or newer on PATH (https://github.com/nats-io/nats-server/releases);`,
      `  - let fulltime download it: give this machine access to ${release.base}, or copy a binary to ${cacheDir}/nats-server-${release.version};`,
      "  - on Debian, give apt a Debian mirror that can be reached: fulltime takes the package from there and installs nothing;",
      "  - set FULLTIME_NATS_URL to a server that already runs, like nats://host:4222.",
    ];
    super(text.join("\n"));
    this.tried = tried;
  }
}

/** Looks past a server that is too old or broken: a distribution's 2.9 in /usr/bin must not hide a newer one behind it. */
async function searchPath(path: string): Promise<CachedBinary | { reason: string }> {
  const reasons: string[] = [];
  for await (const file of allOnPath("nats-server", path)) {
    try {
      const version = await serverVersion(file);
      if (isNewEnough(version)) return { path: file, version };
      reasons.push(new ServerTooOld(version, file).message);
    } catch (error) {
      reasons.push(reasonOf(error));
    }
  }
  return { reason: reasons.length > 0 ? reasons.join("; ") : "there is none" };
}
