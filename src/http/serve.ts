import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { getRequestListener, RequestError } from "@hono/node-server";
import type { Logger } from "pino";
import { type IsTrusted, plain, trustedProxies } from "./access/address.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { problemSchema } from "./problem.ts";
import { unreadableTarget } from "./readable-request.ts";

export interface HttpServer {
  readonly port: number;
  /** Takes no more connections and ends those there are; safe twice. */
  stop(): Promise<void>;
}

export interface ServeOptions {
  fetch: Parameters<typeof getRequestListener>[0];
  host: string;
  /** 0 takes a free one. */
  port: number;
  logger: Logger;
  /** Proxies, by address or network: their connections are those of many clients. */
  trustedProxies?: readonly string[];
  limits?: Partial<ConnectionLimits>;
}

/** A client that is slow is cut off; one that is many gets its share. */
export interface ConnectionLimits {
  /** The longest a request's headers may take, and all of it. */
  headersMs: number;
  requestMs: number;
  /** Node looks for such clients this often only. */
  lookEveryMs: number;
  /** A connection on which nothing moves, such as one whose client reads no answer. A stream of events must ping more often. */
  idleMs: number;
  /** Connections at once, of all and of one address: a client that is many leaves room for the others. */
  connections: number;
  connectionsPerAddress: number;
}

const defaultLimits: ConnectionLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  lookEveryMs: 1000,
  idleMs: 120_000,
  // Below the 1024 files a process may have open by many a system's default.
  connections: 900,
  connectionsPerAddress: 256,
};

/** Serves HTTP. Rejects with `HttpUnusable`. */
export async function listen({ fetch, host, port, logger, ...options }: ServeOptions): Promise<HttpServer> {
  const limits = { ...defaultLimits, ...options.limits };
  const listener = getRequestListener(fetch, { hostname: host, errorHandler: (error) => unanswered(error, logger) });
  const server = createServer(
    serverOptions(limits),
    oneAtATime((incoming, outgoing) => {
      const mistake = unreadableTarget(incoming);
      if (mistake === null) void listener(incoming, outgoing);
      else refuse(outgoing, 400, "Bad Request", mistake);
    }),
  );
  server.maxConnections = limits.connections;
  server.setTimeout(limits.idleMs);
  server.on("clientError", refuseUnreadable);
  server.on("checkExpectation", (_: IncomingMessage, outgoing: ServerResponse) =>
    refuse(outgoing, 417, "Expectation Failed", "this node meets no expectation but 100-continue"),
  );
  limitConnections(server, limits.connectionsPerAddress, trustedProxies(options.trustedProxies ?? []));
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(new HttpUnusable(host, port, error)));
    server.listen({ host, port }, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function serverOptions({ headersMs, requestMs, lookEveryMs }: ConnectionLimits): ServerOptions {
  return {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: lookEveryMs,
    keepAliveTimeout: 5000,
    maxHeaderSize: 16 * 1024,
    // Node would answer without a word.
    requireHostHeader: false,
  };
}

function limitConnections(server: Server, perAddressMax: number, isTrusted: IsTrusted): void {
  const open = new Map<string, number>();
  server.on("connection", (socket: Socket) => {
    const address = plain(socket.remoteAddress ?? "");
    if (isTrusted(address)) return;
    const count = (open.get(address) ?? 0) + 1;
    if (count > perAddressMax) {
      socket.destroy();
      return;
    }
    open.set(address, count);
    socket.once("close", () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
  });
}

/** What failed before any route was looked for: a target that is no URL, a Host that is no host. */
function unanswered(error: unknown, logger: Logger): Response {
  if (error instanceof RequestError) return answer(400, "Bad Request", "the request's target or Host cannot be read");
  logger.error({ err: error }, "a request failed outside its route");
  return answer(500, "Internal Server Error", "this request could not be answered; the node's log tells why");
}

/** As the routes have them (app.ts): what is answered before any of them is reached is answered no less carefully. */
const headers = {
  "Content-Type": "application/problem+json",
  "Cache-Control": "no-store",
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  Connection: "close",
};

function answer(status: number, title: string, detail: string): Response {
  return new Response(problemText(status, title, detail), { status, headers });
}

function refuse(outgoing: ServerResponse, status: number, title: string, detail: string): void {
  const body = problemText(status, title, detail);
  outgoing.writeHead(status, { ...headers, "Content-Length": Buffer.byteLength(body) }).end(body);
}

function problemText(status: number, title: string, detail: string): string {
  return JSON.stringify(problemSchema.parse({ type: "about:blank", title, status, detail }));
}

/** What is no HTTP, too large in its headers, or too slow: Node has no request for it yet, so it is answered by hand. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, title, detail] = unreadable(error.code);
  const body = problemText(status, title, detail);
  const lines = Object.entries({ ...headers, "Content-Length": Buffer.byteLength(body) });
  const head = `HTTP/1.1 ${status} ${title}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
  // The peer may keep its half open for as long as it likes, but not ours.
  socket.end(head + body, () => socket.destroy());
}

function unreadable(code: string | undefined): [status: number, title: string, detail: string] {
  if (code === "HPE_HEADER_OVERFLOW") return [431, "Request Header Fields Too Large", "headers may have 16 kB"];
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return [408, "Request Timeout", "the request came too slowly"];
  return [400, "Bad Request", "this is no HTTP request"];
}

/** The HTTP server cannot bind its address. */
export class HttpUnusable extends Error {
  override readonly name = "HttpUnusable";

  constructor(host: string, port: number, cause: NodeJS.ErrnoException) {
    const why = cause.code === "EADDRINUSE" ? "another program uses it" : cause.message;
    super(`cannot serve HTTP on ${host}:${port}: ${why}; choose another with FULLTIME_PORT (0 takes a free one)`, {
      cause,
    });
  }
}
