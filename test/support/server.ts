import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { wallClock } from "../../src/clock.ts";
import { findServerBinary, type ServerBinary } from "../../src/events/server/binary.ts";
import { launchServer, type ServerProcess } from "../../src/events/server/launch.ts";
import { onFreePort } from "../../src/events/server/port.ts";

export interface TestServerOptions {
  /** Sync every write, as the embedded server does; default false, for speed. */
  syncAlways?: boolean;
  /** Further lines of nats-server configuration. */
  config?: string;
}

/** A real nats-server of one test: own port, own temporary directory, no trace once stopped. */
export interface TestServer {
  readonly url: string;
  readonly port: number;
  /** The temporary directory; the store lies in `log/`. */
  readonly dir: string;
  readonly pid: number;
  /** Ends the server and removes its directory. Safe twice. */
  stop(): Promise<void>;
  /** SIGKILL; resolves when the process is gone. The store stays. */
  kill(): Promise<void>;
  /** Ends the server if it runs, and starts it again on the same store and port. */
  restart(): Promise<void>;
}

export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const { path } = await testBinary();
  const dir = await mkdtemp(join(tmpdir(), "fulltime-nats-"));
  const launch = (port: number) =>
    launchServer({
      binary: path,
      configFile: join(dir, "nats-server.conf"),
      clock: wallClock,
      // In the tests' process group, so that Ctrl-C ends it with them.
      detached: false,
      settings: {
        name: dir,
        port,
        storeDir: join(dir, "log"),
        logFile: join(dir, "nats-server.log"),
        syncAlways: options.syncAlways ?? false,
        ...(options.config === undefined ? {} : { extra: options.config }),
      },
    });

  let running: ServerProcess;
  try {
    running = await onFreePort(null, launch);
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
  const { port } = running;
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    dir,
    get pid() {
      return running.pid;
    },
    async stop() {
      await running.end();
      await rm(dir, { recursive: true, force: true });
    },
    async kill() {
      process.kill(running.pid, "SIGKILL");
      await running.exited;
    },
    async restart() {
      await running.end();
      running = await launch(port);
    },
  };
}

/** What tests fetch or unpack is kept in the checkout's `.cache/`; FULLTIME_CACHE_DIR puts it elsewhere. */
export const testCache = process.env.FULLTIME_CACHE_DIR ?? resolve(import.meta.dirname, "../../.cache");

let found: Promise<ServerBinary> | null = null;

/** The server all tests use: from PATH, or from the cache. */
export function testBinary(onProgress: (text: string) => void = () => {}): Promise<ServerBinary> {
  found ??= findServerBinary({ cacheDir: testCache, onProgress });
  return found;
}
