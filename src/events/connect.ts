import { readFile } from "node:fs/promises";
import { connect, credsAuthenticator, type NatsConnection } from "nats";

export interface ConnectOptions {
  /** `nats://host:port`, several by comma. */
  url: string;
  /** Path of a .creds file, null for none. */
  credentials?: string | null;
  /** Shown by the server's connection list. */
  name?: string;
  /** How long the first connection may take, milliseconds. */
  timeoutMs?: number;
}

/** A connection that comes back for ever and quickly. Rejects when the first one fails. */
export async function connectNats(options: ConnectOptions): Promise<NatsConnection> {
  const { url, credentials = null, name = "fulltime", timeoutMs = 5000 } = options;
  return connect({
    servers: url.split(",").map((server) => server.trim()),
    name,
    timeout: timeoutMs,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 100,
    reconnectJitter: 50,
    // Two unanswered pings mark a connection that died without a word (a cable, a frozen host).
    pingInterval: 2000,
    maxPingOut: 2,
    // Stacks of every request cost a third of the append rate and point into our own loop.
    noAsyncTraces: true,
    ...(credentials === null ? {} : { authenticator: credsAuthenticator(await readFile(credentials)) }),
  });
}
