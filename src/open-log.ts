import type { NatsConnection } from "nats";
import { AuthorizationError } from "nats";
import type { Logger } from "pino";
import { wallClock } from "./clock.ts";
import type { Config } from "./config.ts";
import { withoutSecrets } from "./config/address.ts";
import { findServerBinary } from "./events/server/binary.ts";
import { connectNats } from "./events/connect.ts";
import { ApiError } from "./events/errors.ts";
import { type JetStreamLog, type JetStreamLogOptions, openJetStreamLog } from "./events/jetstream.ts";
import { code } from "./events/jetstream/api.ts";
import type { EventLog } from "./events/log.ts";
import { provision, streamName } from "./events/provision.ts";
import { type EmbeddedServer, startEmbeddedServer } from "./events/server.ts";

export interface ServerOptions {
  config: Config;
  logger: Logger;
  onProgress: (text: string) => void;
  signal: AbortSignal;
}

/** Finds a nats-server and runs it on the data directory, whose lock the caller holds. */
export async function startServer({ config, logger, onProgress, signal }: ServerOptions): Promise<EmbeddedServer> {
  const cache = config.cacheDir === null ? {} : { cacheDir: config.cacheDir };
  const binary = await findServerBinary({ onProgress, ...cache });
  signal.throwIfAborted();
  return startEmbeddedServer({ binary: binary.path, dataDir: config.dataDir, clock: wallClock, log: logger, signal });
}

type Server = Pick<Config, "natsCreds" | "replicas">;
type LogOptions = Pick<JetStreamLogOptions, "startOf" | "full" | "onBatch">;

/** The log of a node: creates the stream where there is none, refuses one with other settings. `options`: see `openJetStreamLog`. */
export async function openLog(
  url: string,
  { natsCreds, replicas }: Server,
  options?: LogOptions,
): Promise<JetStreamLog> {
  return opened(await connectTo(url, natsCreds), (nc) => provision(nc, { replicas }), options);
}

/** The log as a command reads it: creates nothing and accepts any settings, so that it can look at what a node refuses. Throws `NoLog`. */
export async function openExistingLog(url: string, natsCreds: string | null): Promise<EventLog> {
  try {
    return await opened(await connectTo(url, natsCreds), () => Promise.resolve());
  } catch (error) {
    if (error instanceof ApiError && error.code === code.streamNotFound)
      throw new NoLog(`NATS at ${withoutSecrets(url)}`);
    throw error;
  }
}

async function opened(
  nc: NatsConnection,
  prepare: (nc: NatsConnection) => Promise<void>,
  options: LogOptions = {},
): Promise<JetStreamLog> {
  try {
    await prepare(nc);
    return await openJetStreamLog({ nc, clock: wallClock, ...options });
  } catch (error) {
    await nc.close();
    throw error;
  }
}

/** Throws `NatsUnreachable` or `NatsRefused`. */
export async function connectTo(url: string, credentials: string | null): Promise<NatsConnection> {
  try {
    return await connectNats({ url, credentials });
  } catch (cause) {
    if (cause instanceof AuthorizationError) throw new NatsRefused(url, cause);
    throw new NatsUnreachable(url, cause);
  }
}

/** Nothing answers at the address of NATS. */
export class NatsUnreachable extends Error {
  override readonly name = "NatsUnreachable";

  constructor(url: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`NATS does not answer at ${withoutSecrets(url)} (${why}): check that it runs, and FULLTIME_NATS_URL`, {
      cause,
    });
  }
}

/** NATS answers, and does not let us in. */
export class NatsRefused extends Error {
  override readonly name = "NatsRefused";

  constructor(url: string, cause: Error) {
    super(`NATS at ${withoutSecrets(url)} refuses the connection (${cause.message}): check FULLTIME_NATS_CREDS`, {
      cause,
    });
  }
}

/** There is nothing to read. */
export class NoLog extends Error {
  override readonly name = "NoLog";

  constructor(where: string) {
    super(`${where} holds no ${streamName} stream yet: start a node with \`fulltime run\``);
  }
}
