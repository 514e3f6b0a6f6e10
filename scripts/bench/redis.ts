import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { Redis } from "ioredis";
import { pause, wallClock } from "../../src/clock.ts";
import { withDebianFiles } from "../../src/events/server/apt.ts";
import { findOnPath } from "../../src/events/server/executable.ts";

/** A redis-server and the libraries it brought along. */
export interface RedisBinary {
  path: string;
  /** null when the system has them. */
  libraries: string | null;
  /** Like `7.0.15`. */
  version: string;
}

/** Of one suite, as Debian 12 and later name them; what else it needs every Debian has. */
const packages = [
  "redis-server",
  "redis-tools",
  "libatomic1",
  "libjemalloc2",
  "liblua5.1-0",
  "liblzf1",
  "lua-bitop",
  "lua-cjson",
];

/** From PATH, else the cache, else Debian's packages of this machine's own release, into the cache. Rejects with a readable reason. */
export async function findRedis(cacheDir: string, onProgress: (text: string) => void): Promise<RedisBinary> {
  const path = process.env.PATH ?? "";
  const installed = await findOnPath("redis-server", path);
  if (installed !== null) return asked({ path: installed, libraries: null });
  const kept = join(cacheDir, "redis");
  const found = await asked(inside(kept)).catch(() => null);
  if (found !== null) return found;

  await mkdir(cacheDir, { recursive: true });
  const staging = await mkdtemp(join(cacheDir, ".staging-redis-"));
  try {
    await withDebianFiles({ etc: "/etc/apt", path }, await ownSuite(), packages, onProgress, (files) =>
      cp(join(files, "usr"), join(staging, "usr"), { recursive: true, verbatimSymlinks: true }),
    );
    await asked(inside(staging));
    await rm(kept, { recursive: true, force: true });
    await rename(staging, kept);
    return await asked(inside(kept));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

function inside(dir: string): Pick<RedisBinary, "path" | "libraries"> {
  const architecture = process.arch === "arm64" ? "aarch64" : "x86_64";
  return {
    path: join(dir, "usr", "bin", "redis-server"),
    libraries: join(dir, "usr", "lib", `${architecture}-linux-gnu`),
  };
}

async function asked(binary: Pick<RedisBinary, "path" | "libraries">): Promise<RedisBinary> {
  const { stdout } = await promisify(execFile)(binary.path, ["--version"], { env: environment(binary) });
  const version = /v=(\S+)/.exec(stdout)?.[1];
  if (version === undefined) throw new Error(`${binary.path} is no redis-server`);
  return { ...binary, version };
}

function environment({ libraries }: Pick<RedisBinary, "libraries">): NodeJS.ProcessEnv {
  return libraries === null ? process.env : { ...process.env, LD_LIBRARY_PATH: libraries };
}

/** Libraries of another release would not fit this machine's libc. */
async function ownSuite(): Promise<string> {
  const release = await readFile("/etc/os-release", "utf8").catch(() => "");
  const suite = /^VERSION_CODENAME="?([a-z]+)"?$/m.exec(release)?.[1];
  if (suite === undefined || !/^ID=debian$/m.test(release)) throw new Error("this machine is no Debian release");
  return suite;
}

export interface RedisServer {
  /** Of its unix socket. */
  path: string;
  pid: number;
  stop(): Promise<void>;
}

/** A Redis of its own in `dir`, as a careful operator of queues sets it up: every write in its log, synced once a second. */
export async function startRedis(binary: RedisBinary, dir: string): Promise<RedisServer> {
  const path = join(dir, "redis.sock");
  const settings = {
    port: "0",
    unixsocket: path,
    dir,
    appendonly: "yes",
    appendfsync: "everysec",
    save: "",
    "maxmemory-policy": "noeviction",
  };
  const options = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(binary.path, options, { env: environment(binary), stdio: "ignore" });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${binary.path} could not be started`);
  const stop = () => end(child);
  const client = new Redis({ path, lazyConnect: true, retryStrategy: () => 20 });
  client.on("error", () => {});
  try {
    for (let attempt = 0; (await client.ping().catch(() => null)) !== "PONG"; attempt++) {
      if (attempt === readyAttemptsMax || child.exitCode !== null) throw new Error(`${binary.path} does not answer`);
      await pause(wallClock, 20);
    }
    return { path, pid, stop };
  } catch (error) {
    await stop();
    throw error;
  } finally {
    client.disconnect();
  }
}

const readyAttemptsMax = 250;

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  await exited;
}
