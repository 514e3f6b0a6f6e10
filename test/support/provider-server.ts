import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer, Server as TlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TLSSocket } from "node:tls";
import { createBell } from "../../src/events/bell.ts";
import { wallClock } from "../../src/clock.ts";

/** One request as it arrived. */
export interface Asked {
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage["headers"];
  /** Epoch milliseconds. */
  at: number;
  /** The connection it came by: the same number is the same socket. */
  connection: number;
}

export type Reply = { status?: number; headers?: Record<string, string>; body: unknown };

/** All the ways in which a provider, or somebody in between, can fail. */
export type Fault =
  | { kind: "status"; status: number; headers?: Record<string, string>; body?: unknown }
  /** Takes the request and never says anything. */
  | { kind: "silent" }
  /** Sends a byte, then nothing. */
  | { kind: "stalls" }
  /** A byte now and then, for ever. */
  | { kind: "drips"; everyMs: number }
  | { kind: "reset" }
  /** HTTP 204. */
  | { kind: "empty" }
  /** Over TLS alone: another certificate than the one it had, which nobody vouches for. */
  | { kind: "untrusted" }
  | { kind: "html"; status?: number }
  /** Half of the right body under the right length. */
  | { kind: "cut-off" }
  /** Half of the right body as if it were all of it. */
  | { kind: "truncated" }
  | { kind: "huge"; bytes: number; declared: boolean }
  | { kind: "redirect"; to: string; status?: number }
  /** The right answer, by a clock that is wrong by so much. */
  | { kind: "skewed"; ms: number; status?: number; headers?: (date: Date) => Record<string, string> };

/** A real HTTP server that answers as its provider does, or fails as it is told. */
export interface ProviderServer {
  /** The origin, for FULLTIME_SOURCE_URL. */
  readonly url: string;
  readonly asked: readonly Asked[];
  /** What it does instead of answering; null: it is well. */
  fault: Fault | null;
  /** The certificate it is to be trusted by, null without TLS. */
  readonly ca: string | null;
  /** Resolves once it was asked so often in all. */
  wasAsked(count: number): Promise<readonly Asked[]>;
  /** Refuses connections from now on. */
  down(): Promise<void>;
  up(): Promise<void>;
}

export async function startProvider(
  answer: (asked: Asked) => Reply,
  { tls = false }: { tls?: boolean } = {},
): Promise<ProviderServer> {
  const asked: Asked[] = [];
  const bell = createBell();
  const sockets = new WeakMap<Socket, number>();
  let socketCount = 0;
  let server: Server | null = null;
  let port = 0;
  const own = tls ? selfSigned() : null;
  let fault: Fault | null = null;

  const listener: RequestListener = (request, response) => {
    const url = new URL(request.url ?? "/", "http://provider");
    let connection = sockets.get(request.socket);
    if (connection === undefined) sockets.set(request.socket, (connection = ++socketCount));
    const one: Asked = {
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      at: wallClock.now(),
      connection,
    };
    asked.push(one);
    bell.ring();
    if (fault === null) send(response, answer(one));
    else fail(response, fault, () => answer(one));
  };

  async function up(): Promise<void> {
    server = own === null ? createServer(listener) : createTlsServer(own, listener);
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    port = (server.address() as AddressInfo).port;
  }

  const provider: ProviderServer = {
    get url() {
      return `${tls ? "https" : "http"}://127.0.0.1:${port}`;
    },
    asked,
    ca: own?.cert ?? null,
    get fault() {
      return fault;
    },
    set fault(next) {
      if (
        server instanceof TlsServer &&
        own !== null &&
        (next?.kind === "untrusted") !== (fault?.kind === "untrusted")
      ) {
        server.setSecureContext(next?.kind === "untrusted" ? selfSigned() : own);
        server.closeAllConnections();
      }
      fault = next;
    },
    async wasAsked(count) {
      while (asked.length < count) await bell.heard();
      return asked;
    },
    async down() {
      const closing = server;
      server = null;
      if (closing === null) return;
      closing.close();
      closing.closeAllConnections();
      await once(closing, "close");
    },
    up,
  };
  await up();
  return provider;
}

/** A recorded envelope of `test/sources/fixtures/<provider>/`. */
export function envelope(provider: string, name: string): unknown {
  return JSON.parse(readFileSync(join(import.meta.dirname, "../sources/fixtures", provider, `${name}.json`), "utf8"));
}

function send(response: ServerResponse, { status = 200, headers = {}, body }: Reply): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

const page = "<!doctype html><html><title>Just a moment...</title></html>";

function fail(response: ServerResponse, fault: Fault, answer: () => Reply): void {
  switch (fault.kind) {
    case "status":
      return send(response, {
        status: fault.status,
        headers: fault.headers ?? {},
        body: fault.body ?? { message: "no" },
      });
    case "silent":
      return;
    case "stalls":
      response.writeHead(200, { "content-type": "application/json" });
      response.write("{");
      return;
    case "drips": {
      response.writeHead(200, { "content-type": "application/json" });
      const timer = setInterval(() => response.write(" "), fault.everyMs);
      response.once("close", () => clearInterval(timer));
      return;
    }
    case "reset":
      // A TLS socket cannot be reset, only broken off.
      if (response.socket instanceof TLSSocket) response.socket.destroy();
      else response.socket?.resetAndDestroy();
      return;
    case "empty":
      response.writeHead(204).end();
      return;
    case "untrusted":
      // Nobody came this far.
      return send(response, answer());
    case "html":
      response.writeHead(fault.status ?? 200, { "content-type": "text/html" }).end(page);
      return;
    case "cut-off": {
      const text = JSON.stringify(answer().body);
      response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(text) });
      response.write(text.slice(0, text.length / 2), () => response.destroy());
      return;
    }
    case "truncated": {
      const text = JSON.stringify(answer().body);
      response.writeHead(200, { "content-type": "application/json" }).end(text.slice(0, text.length / 2));
      return;
    }
    case "huge":
      return sendHuge(response, fault);
    case "redirect":
      response.writeHead(fault.status ?? 302, { location: fault.to }).end();
      return;
    case "skewed": {
      const date = new Date(wallClock.now() + fault.ms);
      const reply = fault.status === undefined ? answer() : { status: fault.status, body: { message: "no" } };
      return send(response, {
        ...reply,
        headers: { ...reply.headers, date: date.toUTCString(), ...fault.headers?.(date) },
      });
    }
  }
}

function sendHuge(response: ServerResponse, { bytes, declared }: { bytes: number; declared: boolean }): void {
  const chunk = Buffer.alloc(1 << 16, " ");
  response.writeHead(200, {
    "content-type": "application/json",
    ...(declared ? { "content-length": String(bytes) } : {}),
  });
  let left = bytes;
  const more = (): void => {
    while (left > 0 && !response.destroyed) {
      const part = chunk.subarray(0, Math.min(left, chunk.length));
      left -= part.length;
      if (!response.write(part)) return void response.once("drain", more);
    }
    if (!response.destroyed) response.end();
  };
  more();
}

/** A certificate that nobody vouches for, made anew by openssl: a key in a repository is a key that leaks. */
export function selfSigned(): { key: string; cert: string } {
  const dir = mkdtempSync(join(tmpdir(), "fulltime-test-"));
  const [key, cert] = [join(dir, "key.pem"), join(dir, "cert.pem")];
  const elliptic = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  const files = ["-keyout", key, "-out", cert];
  try {
    execFileSync("openssl", ["req", "-x509", ...elliptic, ...files, "-days", "2", ...names], {
      stdio: "ignore",
    });
    return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
