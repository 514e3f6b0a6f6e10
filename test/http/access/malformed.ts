import fc from "fast-check";
import { connect } from "node:net";

/** Requests no client means: garbage in method, target, headers and body, as bytes for a socket. */
export function malformedRequests(count: number, seed: number): Buffer[] {
  return fc.sample(malformed, { numRuns: count, seed });
}

/** Most of them get past the parser of HTTP: what it refuses, no code of ours sees. */
const bytes = fc.uint8Array({ maxLength: 40 }).map((it) => Buffer.from(it).toString("latin1"));
const word = fc.stringMatching(/^[\w%./\\?&=;:,"'<>{}@#!~+-]{0,30}$/);
const junk = fc.oneof(
  { weight: 1, arbitrary: bytes },
  { weight: 60, arbitrary: word },
  { weight: 10, arbitrary: fc.constant("") },
  { weight: 1, arbitrary: fc.constant("x".repeat(20_000)) },
);

/** Mostly one of these, sometimes one of those. */
function mostly<T>(these: fc.Arbitrary<T>, those: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 15, arbitrary: these }, { weight: 1, arbitrary: those });
}

const method = mostly(
  fc.constantFrom("GET", "POST", "DELETE", "HEAD", "OPTIONS", "PUT", "PATCH", "TRACE", "QUERY"),
  junk,
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
const rest = fc.stringMatching(/^[\w%./&=;:,~+-]{0,30}$/);
const target = mostly(
  fc.oneof(
    fc.tuple(fc.constantFrom(...known), rest).map(([path, rest]) => path + rest),
    fc.tuple(fc.constantFrom(...known), rest).map(([path, rest]) => `${path}?${rest}`),
    fc.constantFrom(...known),
    rest.map((it) => `/${it}`),
  ),
  fc.oneof(junk, fc.constantFrom("*", "http://[::1", "//evil.example//", "/%00%ff%c0%af/../..;/", "/\\a")),
);
const headerName = mostly(
  fc.oneof(
    fc.constantFrom("Authorization", "Content-Type", "Origin", "Sec-Fetch-Site", "X-Forwarded-For", "X-Request-Id"),
    fc.constantFrom("Idempotency-Key", "If-None-Match", "Cookie", "Upgrade", "Connection", "Range", "Accept", "X-Odd"),
  ),
  fc.oneof(junk, fc.constantFrom("Content-Length", "Transfer-Encoding", "Host", "Last-Event-ID", "Expect")),
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
    host: mostly(fc.constant("Host: localhost\r\n"), fc.constantFrom("Host: \xff\r\n", "Host: evil.example\r\n", "")),
    headers: fc.array(fc.tuple(headerName, headerValue), { maxLength: 6 }),
    body,
    length: mostly(fc.constant("right"), fc.constantFrom("wrong", "none")),
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
 * end hangs up at the first answer, or when none has come for a while: the server would give it half a minute.
 */
export function exchange(port: number, request: Buffer, mayHaveNoEnd = false): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let answer = "";
    socket.setEncoding("latin1");
    socket.on("data", (part: string) => {
      answer += part;
      if (mayHaveNoEnd) socket.end();
    });
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
