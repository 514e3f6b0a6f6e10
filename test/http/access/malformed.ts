import fc from "fast-check";
import { connect } from "node:net";

/** Requests no client means: garbage in method, target, headers and body, as bytes for a socket. */
export function malformedRequests(count: number, seed: number): Buffer[] {
  return fc.sample(malformed, { numRuns: count, seed });
}

const bytes = fc.uint8Array({ maxLength: 40 }).map((it) => Buffer.from(it).toString("latin1"));
const word = fc.stringMatching(/^[\w%./\\?&=;:,"'<>{}@#!~+-]{0,30}$/);
const junk = fc.oneof(bytes, word, fc.constant(""), fc.constant("x".repeat(20_000)));

const method = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom("GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT", "PATCH", "TRACE", "QUERY"),
  },
  { weight: 1, arbitrary: junk },
);
const known = [
  "/",
  "/api/health",
  "/api/matches",
  "/api/matches/x/events",
  "/api/models",
  "/api/admin/projections",
  "/api/admin/projections/rebuild",
  "/api/admin/settlement-failures",
  "/api/admin/backfill",
  "/metrics",
];
const target = fc.oneof(
  fc.tuple(fc.constantFrom(...known), junk).map(([path, rest]) => path + rest),
  fc.tuple(fc.constantFrom(...known), junk).map(([path, rest]) => `${path}?${rest}`),
  junk.map((it) => `/${it}`),
  junk,
  fc.constant("*"),
  fc.constant("http://[::1"),
  fc.constant("//evil.example//"),
  fc.constant("/%00%ff%c0%af/../..;/"),
);
const headerName = fc.oneof(
  fc.constantFrom("Authorization", "Content-Type", "Origin", "Sec-Fetch-Site", "X-Forwarded-For", "X-Request-Id"),
  fc.constantFrom("Idempotency-Key", "If-None-Match", "Cookie", "Expect", "Upgrade", "Connection", "Range"),
  fc.constantFrom("Content-Length", "Transfer-Encoding", "Host", "Last-Event-ID", "Accept"),
  junk,
);
const headerValue = fc.oneof(
  junk,
  fc.constantFrom("Bearer x", "application/json", "null", "-1", "1e9", "chunked", "100-continue", "h2c", "127.0.0.1"),
);
const body = fc.oneof(junk, fc.constant("{"), fc.constant('{"matchIds":[null]}'), fc.constant("ffffffff\r\n"));

const malformed = fc
  .record({
    method,
    target,
    host: fc.constantFrom("Host: localhost\r\n", "Host: localhost\r\n", "Host: \xff\r\n", ""),
    headers: fc.array(fc.tuple(headerName, headerValue), { maxLength: 6 }),
    body,
    length: fc.constantFrom("right", "wrong", "none"),
  })
  .map(({ method, target, host, headers, body, length }) => {
    const lengths = { right: body.length, wrong: body.length + 7, none: null }[length];
    const head = [
      `${method} ${target} HTTP/1.1\r\n${host}`,
      ...headers.map(([name, value]) => `${name}: ${value}\r\n`),
      lengths === null ? "" : `Content-Length: ${lengths}\r\n`,
    ].join("");
    return Buffer.from(`${head}\r\n${body}`, "latin1");
  });

/** Longer than an answer takes to begin; a request without an end gets none. */
const patienceMs = 100;

/**
 * Sends one on a connection of its own; resolves with what came back until the server closed it. One whose request may have no
 * end hangs up when nothing has come for a while: the server would give it half a minute.
 */
export function exchange(port: number, request: Buffer, mayHaveNoEnd = false): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let answer = "";
    socket.setEncoding("latin1");
    socket.on("data", (part: string) => (answer += part));
    // A reset after the answer is the server's way to be rid of a body it does not want.
    socket.on("error", () => {});
    socket.on("close", () => resolve(answer));
    if (mayHaveNoEnd) socket.setTimeout(patienceMs, () => socket.destroy());
    socket.write(request);
  });
}

/** All of them, some at a time. */
export async function exchangeAll(
  port: number,
  requests: readonly Buffer[],
  onAnswer: (answer: string, request: Buffer) => void,
): Promise<void> {
  const left = requests.values();
  const worker = async () => {
    for (const request of left) onAnswer(await exchange(port, request, true), request);
  };
  await Promise.all(Array.from({ length: 32 }, worker));
}
