import { readFile } from "node:fs/promises";
import { connect, createInbox, credsAuthenticator, type NatsConnection } from "nats";

export interface ConnectOptions {
  /** `nats://[user:password@]host:port`, several by comma; user and password are taken from the first that has them. */
  url: string;
  /** Path of a .creds file, null for none. It wins over a user in the address. */
  credentials?: string | null;
  /**
   * Subject prefix of what the server answers us, `_INBOX.<user>` by default: docs/nats-users.conf lets each user listen to
   * its own answers alone. Without a user it is the client's `_INBOX`.
   */
  inboxPrefix?: string;
  /** Shown by the server's connection list. */
  name?: string;
  /** How long the first connection may take, milliseconds. */
  timeoutMs?: number;
}

/** A connection that comes back for ever and quickly. Rejects when the first one fails. */
export async function connectNats(options: ConnectOptions): Promise<NatsConnection> {
  const { url, credentials = null, name = "fulltime", timeoutMs = 5000 } = options;
  const servers = url.split(",").map((server) => server.trim());
  const login = credentials === null ? loginOf(servers) : null;
  const creds = credentials === null ? null : await readFile(credentials);
  const inboxPrefix = options.inboxPrefix ?? inboxPrefixOf(login?.user ?? (creds === null ? null : nameIn(creds)));
  return connect({
    // The client takes the part before the @ for a host.
    servers: servers.map((server) => server.replace(/^(\w+:\/\/)?[^@]*@/, "$1")),
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
    ...(inboxPrefix === null ? {} : { inboxPrefix }),
    ...(creds !== null ? { authenticator: credsAuthenticator(creds) } : (login ?? {})),
  });
}

/** A new inbox under the connection's own prefix. The client keeps the prefix where its own JetStream part finds it. */
export function inboxOf(nc: NatsConnection): string {
  return createInbox((nc as NatsConnection & { options?: { inboxPrefix?: string } }).options?.inboxPrefix);
}

function loginOf(servers: readonly string[]): { user: string; pass: string } | null {
  for (const server of servers) {
    const [, user, pass] = /^(?:\w+:\/\/)?([^:@/]+):([^@/]*)@/.exec(server) ?? [];
    if (user !== undefined && pass !== undefined)
      return { user: decodeURIComponent(user), pass: decodeURIComponent(pass) };
  }
  return null;
}

function inboxPrefixOf(user: string | null): string | null {
  return user !== null && /^[\w-]+$/.test(user) ? `_INBOX.${user}` : null;
}

/** The user's name in the JWT of a .creds file, null when there is none to be read. */
function nameIn(creds: Uint8Array): string | null {
  const [, claims] = /BEGIN NATS USER JWT-+\s+[\w-]+\.([\w-]+)\./.exec(Buffer.from(creds).toString()) ?? [];
  try {
    const { name } = JSON.parse(Buffer.from(claims ?? "", "base64url").toString()) as { name?: unknown };
    return typeof name === "string" ? name : null;
  } catch {
    return null;
  }
}
