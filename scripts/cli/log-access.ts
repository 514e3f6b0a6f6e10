import type { Config } from "../../src/config.ts";
import { isTaken, type NodeNote, readOrigin, runningNode, takeDataDirectory } from "../../src/data-directory.ts";
import type { EventLog } from "../../src/events/log.ts";
import { prepareDataDir } from "../../src/events/server/disk.ts";
import { NoLog, openExistingLog, openLog, startServer } from "../../src/open-log.ts";
import { CommandFailed, exitCode } from "./errors.ts";
import { createLogger } from "./logger.ts";
import { say } from "./output.ts";
import { listenForSignals } from "./signals.ts";

/** A log to read, and how the command came to it. */
export interface LogAccess {
  log: EventLog;
  /** Of the NATS that has it. */
  url: string;
  /** The node that runs on the data directory, null when none does. */
  node: NodeNote | null;
  signal: AbortSignal;
}

/**
 * Lets `work` read the log: through the running node's NATS, else through the configured one, else by an embedded server
 * for as long as the work lasts. Creates nothing. Throws `NoLog`, `NatsUnreachable` and what a server's start throws.
 */
export async function withLog<T>(config: Config, work: (access: LogAccess) => Promise<T>): Promise<T> {
  const node = nodeOf(config);
  const url = node?.nats ?? config.natsUrl;
  if (url !== null) return withSignals((signal) => readLog(url, config, node, signal, work));
  return withDirectory(config, (signal) =>
    withServer(config, signal, (embedded) => readLog(embedded, config, null, signal, work)),
  );
}

/** Like `withLog`, for a command that appends by itself: in a directory that has no log yet, it makes one. */
export async function withWritableLog<T>(config: Config, work: (access: LogAccess) => Promise<T>): Promise<T> {
  if (nodeOf(config) !== null || config.natsUrl !== null || readOrigin(config.dataDir) !== null)
    return withLog(config, work);
  await prepareDataDir(config.dataDir);
  const { source, clock } = config;
  const directory = takeDataDirectory(config.dataDir, { source, clock, competition: null, season: null });
  try {
    return await withSignals((signal) =>
      withServer(config, signal, async (url) => {
        await (await openLog(url, config)).close();
        return readLog(url, config, null, signal, work);
      }),
    );
  } finally {
    directory.release();
  }
}

/** Like `withLog`, for a command that must be the only one on the data directory. Throws `DataDirectoryTaken`. */
export async function withLogAlone<T>(config: Config, work: (access: LogAccess) => Promise<T>): Promise<T> {
  const { natsUrl } = config;
  return withDirectory(config, (signal) =>
    natsUrl === null
      ? withServer(config, signal, (embedded) => readLog(embedded, config, null, signal, work))
      : readLog(natsUrl, config, null, signal, work),
  );
}

/** The node that runs on the data directory. Throws when one is just starting. */
export function nodeOf(config: Config): NodeNote | null {
  const node = runningNode(config.dataDir);
  if (node === null && isTaken(config.dataDir)) {
    throw new CommandFailed(
      exitCode.failed,
      `a node is starting or ending on ${config.dataDir}: try again in a moment`,
    );
  }
  return node;
}

async function withDirectory<T>(config: Config, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const origin = readOrigin(config.dataDir);
  if (origin === null) throw new NoLog(config.dataDir);
  const directory = takeDataDirectory(config.dataDir, origin);
  try {
    return await withSignals(work);
  } finally {
    directory.release();
  }
}

async function withServer<T>(config: Config, signal: AbortSignal, work: (url: string) => Promise<T>): Promise<T> {
  // That a server starts and stops is no news to who asked for a list: the default level is for nodes.
  const logger = createLogger(config.logLevel === "info" ? "warn" : config.logLevel);
  const server = await startServer({ config, logger, onProgress: say, signal });
  try {
    return await work(server.url);
  } finally {
    await server.stop();
  }
}

async function readLog<T>(
  url: string,
  config: Config,
  node: NodeNote | null,
  signal: AbortSignal,
  work: (access: LogAccess) => Promise<T>,
): Promise<T> {
  const log = await openExistingLog(url, config.natsCreds);
  try {
    return await unlessInterrupted(work({ log, url, node, signal }), signal);
  } finally {
    await log.close();
  }
}

/** A read that waits for an absent server knows of no signal; closing the log ends it. */
function unlessInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
    work.then(resolve, reject);
  });
}

async function withSignals<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signals = listenForSignals();
  try {
    return await work(signals.first);
  } finally {
    signals.end();
  }
}

/** Whether pipeline time is wall time; told by the directory where it has a log, else by the configuration. */
export function clockOf(config: Config): "wall" | "simulated" {
  return (readOrigin(config.dataDir)?.clock ?? config.clock) === "wall" ? "wall" : "simulated";
}
