import { randomUUID } from "node:crypto";
import { realpath } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Logger } from "pino";
import { type Clock, pause } from "../clock.ts";
import { prepareDataDir } from "./server/disk.ts";
import { serverVersion } from "./server/executable.ts";
import { describe, type Exit, launchServer, type ServerProcess } from "./server/launch.ts";
import { endOrphan, forgetServer, noteServer } from "./server/orphan.ts";
import { onFreePort } from "./server/port.ts";
import { requireWholeStore } from "./server/store-check.ts";
import { requireServerVersion } from "./server/version.ts";

export interface EmbeddedOptions {
  /** Path of a nats-server (findServerBinary). */
  binary: string;
  /** The store lies in `log/` below it. The caller holds the directory's lock. */
  dataDir: string;
  clock: Clock;
  log: Pick<Logger, "info" | "warn" | "error">;
  /** Told when the server ended although nobody stopped it; it is being started again. */
  onExit?: (exit: Exit & { logTail: string[] }) => void;
  /** Told when a restart had to leave the port, which another program had taken meanwhile. */
  onMove?: (url: string) => void;
  /** Gives up a start under way; without effect once the server runs. */
  signal?: AbortSignal;
}

export interface EmbeddedServer {
  readonly state: "running" | "restarting" | "stopping" | "stopped";
  /** Where clients connect; the same for life, except after `onMove`. */
  readonly url: string;
  readonly port: number;
  /** null while no server is ready. */
  readonly pid: number | null;
  /** Ends the server; safe twice, early and during a restart. */
  stop(): Promise<void>;
}

const firstDelayMs = 50;
const longestDelayMs = 10_000;
/** A server that lived this long was well; its end begins a new series of delays. */
const steadyMs = 30_000;

/**
 * Runs a nats-server on a data directory until `stop`, with every write on disk before it is acknowledged; one that dies is
 * started again. Rejects with `ServerTooOld`, `DataDirUnusable`, `DiskFull`, `StoreCorrupted`, `ServerFailed`, or the signal's reason.
 */
export async function startEmbeddedServer(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const { binary, clock, log } = options;
  requireServerVersion(await serverVersion(binary), binary);
  await prepareDataDir(join(resolve(options.dataDir), "log"));
  const dataDir = await realpath(options.dataDir);
  const orphan = await endOrphan(dataDir, configIn(dataDir), clock);
  if (orphan !== null)
    log.warn({ pid: orphan, dataDir }, "ended the nats-server that a killed node had left on this data directory");
  options.signal?.throwIfAborted();

  const stopping = new AbortController();
  let server = await launch(options, dataDir, null, options.signal);
  let readyAt = clock.elapsed();
  let state: EmbeddedServer["state"] = "running";
  log.info({ pid: server.pid, port: server.port, version: server.version, dataDir }, "nats-server runs");
  const supervised = supervise();

  async function supervise(): Promise<void> {
    for (let failures = 0; ; ) {
      const exit = await server.exited;
      if (stopping.signal.aborted) return;
      state = "restarting";
      if (clock.elapsed() - readyAt >= steadyMs) failures = 0;
      const logTail = await server.logTail();
      log.error({ ...exit, logTail }, `nats-server ended by itself (${describe(exit)}); starting it again`);
      safely(() => options.onExit?.({ ...exit, logTail }));

      const next = await relaunch(failures);
      if (next === null) return;
      failures = next.failures;
      const moved = next.server.port !== server.port;
      server = next.server;
      readyAt = clock.elapsed();
      if (stopping.signal.aborted) return;
      state = "running";
      log.info({ pid: server.pid, port: server.port, moved }, "nats-server runs again");
      if (moved) safely(() => options.onMove?.(urlOf(server.port)));
    }
  }

  /** Tries until a server runs; null when stopped meanwhile. */
  async function relaunch(failures: number): Promise<{ server: ServerProcess; failures: number } | null> {
    for (;;) {
      await pause(clock, Math.min(firstDelayMs * 2 ** failures, longestDelayMs), stopping.signal);
      if (stopping.signal.aborted) return null;
      failures++;
      try {
        return { server: await launch(options, dataDir, server.port, stopping.signal), failures };
      } catch (error) {
        if (stopping.signal.aborted) return null;
        log.error({ err: error, failures }, "nats-server could not be started again");
      }
    }
  }

  function safely(observe: () => void): void {
    try {
      observe();
    } catch (error) {
      log.error({ err: error }, "an observer of the nats-server threw");
    }
  }

  let stopped: Promise<void> | null = null;
  async function stop(): Promise<void> {
    state = "stopping";
    stopping.abort(new Error("the embedded nats-server was stopped"));
    await server.end();
    await supervised;
    await server.end();
    forgetServer(dataDir);
    state = "stopped";
    log.info({ port: server.port }, "nats-server stopped");
  }

  return {
    get state() {
      return state;
    },
    get url() {
      return urlOf(server.port);
    },
    get port() {
      return server.port;
    },
    get pid() {
      return state === "running" || state === "stopping" ? server.pid : null;
    },
    stop: () => (stopped ??= stop()),
  };
}

const urlOf = (port: number) => `nats://127.0.0.1:${port}`;
const configIn = (dataDir: string) => join(dataDir, "nats-server.conf");

async function launch(
  options: EmbeddedOptions,
  dataDir: string,
  preferred: number | null,
  signal?: AbortSignal,
): Promise<ServerProcess> {
  const configFile = configIn(dataDir);
  const storeDir = join(dataDir, "log");
  const server = await onFreePort(preferred, (port) =>
    launchServer({
      binary: options.binary,
      configFile,
      clock: options.clock,
      detached: true,
      settings: {
        name: `fulltime-${randomUUID()}`,
        port,
        storeDir,
        logFile: join(dataDir, "nats-server.log"),
        syncAlways: true,
      },
      onSpawn: (pid) => noteServer(dataDir, pid, configFile),
      ...(signal === undefined ? {} : { signal }),
    }),
  );
  try {
    requireServerVersion(server.version, urlOf(server.port));
    await requireWholeStore(storeDir, urlOf(server.port));
    return server;
  } catch (error) {
    await server.end();
    throw error;
  }
}
