import { inspect } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { wallClock } from "../../src/clock.ts";
import { createHttpClient, type Dialect, type HttpOptions } from "../../src/sources/http.ts";
import { KeyRefused } from "../../src/sources/http-failure.ts";
import { createPacer } from "../../src/sources/pacer.ts";
import { maskOf } from "../../src/sources/secret.ts";
import { SourceError } from "../../src/sources/source.ts";
import { type Fault, type ProviderServer, startProvider } from "../support/provider-server.ts";

const canary = "canary-key-0123456789";
const minute = 60_000;

const dialect: Dialect = {
  words: (body) => (typeof body === "object" && body !== null && "message" in body ? String(body.message) : null),
  refusesKey: (status, words) => status === 400 && words === "bad token",
  waitMs: (headers) => (headers["x-wait"] === undefined ? null : Number(headers["x-wait"]) * 1000),
};

async function scene({ tls = false, ...more }: Partial<HttpOptions> & { tls?: boolean } = {}) {
  const server = await startProvider(() => ({ body: { matches: Array.from({ length: 100 }, (_, id) => ({ id })) } }), {
    tls,
  });
  const client = createHttpClient({
    provider: "the provider",
    url: `${server.url}/base/`,
    headers: { "x-auth-token": canary },
    secret: canary,
    pacer: createPacer({ perWindow: 1000, clock: wallClock }),
    clock: wallClock,
    dialect,
    limits: { idleMs: 300, totalMs: 1500, bodyMax: 1 << 20 },
    ...more,
  });
  onTestFinished(async () => {
    await client.close();
    await server.down();
  });
  const get = (signal = new AbortController().signal) => client.get("/v4/x", { a: "1 2" }, signal);
  return { server, client, get };
}

/** The failure of a request, which holds the key nowhere. */
async function failureOf(server: ProviderServer, get: () => Promise<unknown>, fault: Fault): Promise<SourceError> {
  server.fault = fault;
  const error: unknown = await get().then(
    () => new Error("it went well"),
    (it: unknown) => it,
  );
  if (!(error instanceof SourceError)) throw error;
  expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(canary);
  return error;
}

test("one GET with its headers and query below the address's path; connections are kept", async () => {
  const { server, get } = await scene();
  expect(await get()).toMatchObject({
    body: { matches: { length: 100 } },
    headers: { "content-type": "application/json" },
  });
  expect((await get()).skewMs).toBeGreaterThan(-2000);
  for (let i = 0; i < 20; i++) await get();
  expect(server.asked[0]).toMatchObject({
    path: "/base/v4/x",
    headers: { "x-auth-token": canary, "user-agent": "fulltime" },
  });
  expect(server.asked[0]?.query.get("a")).toBe("1 2");
  expect(new Set(server.asked.map(({ connection }) => connection)).size).toBeLessThanOrEqual(4);
});

describe("an outage is transient and says what it was", () => {
  const cases: [string, Fault, RegExp][] = [
    ["500", { kind: "status", status: 500 }, /is failing \(HTTP 500\): no$/],
    ["503 as a page", { kind: "html", status: 503 }, /is failing \(HTTP 503\)$/],
    ["no answer", { kind: "silent" }, /said nothing for 0.3 s/],
    ["an answer that stalls", { kind: "stalls" }, /said nothing for 0.3 s/],
    ["an answer that never ends", { kind: "drips", everyMs: 50 }, /took longer than 1.5 s/],
    ["reset", { kind: "reset" }, /broke the connection off/],
    ["403 as a page", { kind: "html", status: 403 }, /a web page \(HTTP 403\), which is no word on our key/],
    ["a page", { kind: "html" }, /a web page instead of JSON/],
    ["a body cut off", { kind: "cut-off" }, /broke the connection off/],
    ["half a document", { kind: "truncated" }, /JSON that breaks off/],
    ["50 MB", { kind: "huge", bytes: 50 << 20, declared: false }, /more than 1 MB/],
    ["50 MB announced", { kind: "huge", bytes: 50 << 20, declared: true }, /more than 1 MB/],
    ["redirect to another host", { kind: "redirect", to: "https://login.example/?x=1" }, /redirects to login.example/],
    ["redirect to another path", { kind: "redirect", to: "/elsewhere", status: 301 }, /redirects to another path/],
  ];
  test.for(cases)("%s", { timeout: 20_000 }, async ([, fault, text]) => {
    const { server, get } = await scene();
    const failure = await failureOf(server, get, fault);
    expect(failure).toMatchObject({ category: "transient", message: expect.stringMatching(text), retryAt: null });
    server.fault = null;
    expect(await get()).toMatchObject({ body: { matches: { length: 100 } } });
  });

  test("a server that is down, and back", async () => {
    const { server, get } = await scene();
    await get();
    await server.down();
    expect(await failureOf(server, get, { kind: "silent" })).toMatchObject({
      category: "transient",
      message: expect.stringMatching(/cannot be reached: ECONNREFUSED|broke the connection off/),
    });
    server.fault = null;
    await server.up();
    await get();
  });

  test("a certificate that nobody vouches for", async () => {
    const { server, get } = await scene({ tls: true });
    expect(await failureOf(server, get, { kind: "silent" })).toMatchObject({
      category: "transient",
      message: expect.stringMatching(/certificate or TLS is not right \(DEPTH_ZERO_SELF_SIGNED_CERT\)/),
    });
    expect(server.asked).toEqual([]);
  });
});

test("50 MB are not held: the memory stays as it is", { timeout: 20_000 }, async () => {
  const { server, get } = await scene();
  let most = 0;
  const before = process.memoryUsage().arrayBuffers;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().arrayBuffers - before)), 1);
  onTestFinished(() => clearInterval(watch));
  await failureOf(server, get, { kind: "huge", bytes: 50 << 20, declared: false });
  expect(most).toBeLessThan(16 << 20);
});

test("a redirect to a host that names the key does not tell it, in whatever letters", async () => {
  const { server, get } = await scene();
  for (const host of [canary, canary.toUpperCase(), canary.replace("c", "%63")]) {
    const failure = await failureOf(server, get, { kind: "redirect", to: `https://${host}.example/?k=${host}` });
    expect(failure.message).toContain("redirects to ********.example;");
  }
});

test("a body that repeats the key is read without it, escaped or not", async () => {
  const { server, get } = await scene();
  const escaped = JSON.stringify({ a: canary, b: ["x"] }).replace("canary", "can\\u0061ry");
  expect(JSON.parse(escaped)).toEqual({ a: canary, b: ["x"] });
  server.fault = { kind: "status", status: 200, body: { a: `my ${canary}!`, b: 1 } };
  expect((await get()).body).toEqual({ a: "my ********!", b: 1 });
  expect(JSON.parse(maskOf(canary)(escaped))).toEqual({ a: "********", b: ["x"] });
});

test("a key as short as a word is taken out of what is quoted, and spoils no data", async () => {
  const { server, get, client } = await scene({ secret: "Bayer" });
  server.fault = { kind: "status", status: 200, body: { name: "Bayer Leverkusen" } };
  expect((await get()).body).toEqual({ name: "Bayer Leverkusen" });
  expect(client.quote("the key Bayer")).toBe("the key ********");
});

describe("a refusal", () => {
  test.for([401, 403, 400])("of the key (%i) is permanent, tells what to check and never the key", async (status) => {
    const { server, get } = await scene();
    const words = status === 400 ? "bad token" : `your key ${canary} is not valid`;
    const failure = await failureOf(server, get, { kind: "status", status, body: { message: words } });
    expect(failure).toBeInstanceOf(KeyRefused);
    expect(failure).toMatchObject({ category: "permanent", retryAt: null });
    expect(failure.message).toContain("FULLTIME_SOURCE_KEY");
    if (status !== 400) expect(failure.message).toContain("your key ******** is not valid");
  });

  test.for([400, 404, 422])("of the request (%i) is permanent", async (status) => {
    const { server, get } = await scene();
    const failure = await failureOf(server, get, { kind: "status", status });
    expect(failure).not.toBeInstanceOf(KeyRefused);
    expect(failure).toMatchObject({ category: "permanent" });
  });
});

describe("429 comes back when the source says", () => {
  const now = () => wallClock.now();
  test.for([
    ["in seconds", { "retry-after": "7" }, 7000],
    ["by the provider's own header", { "x-wait": "41" }, 41_000],
    ["at once", { "retry-after": "0" }, 0],
    ["without a word: in a minute", {}, minute],
    ["with nonsense: in a minute", { "retry-after": "soon" }, minute],
    ["next year: in a day", { "retry-after": "99999999" }, 24 * 60 * minute],
  ] as const)("%s", async ([, headers, wait]) => {
    const { server, get } = await scene();
    const failure = await failureOf(server, get, { kind: "status", status: 429, headers });
    expect(failure.category).toBe("rate-limited");
    expect(Math.abs((failure.retryAt ?? 0) - now() - wait)).toBeLessThan(2000);
  });

  test("at a date, by the server's clock and not by ours", async () => {
    const { server, get } = await scene();
    const headers = (date: Date) => ({ "retry-after": new Date(date.getTime() + 20_000).toUTCString() });
    const failure = await failureOf(server, get, { kind: "skewed", ms: -3 * 60 * minute, status: 429, headers });
    expect(Math.abs((failure.retryAt ?? 0) - now() - 20_000)).toBeLessThan(2500);
  });

  test("and nothing more is asked until then", async () => {
    const { server, get } = await scene();
    await failureOf(server, get, { kind: "status", status: 429, headers: { "retry-after": "50" } });
    const again = await failureOf(server, get, { kind: "silent" });
    expect(again).toMatchObject({ category: "rate-limited" });
    expect(server.asked).toHaveLength(1);
  });
});

test("a server's clock that is wrong is told, and its answer is good", async () => {
  const { server, get } = await scene();
  server.fault = { kind: "skewed", ms: 10 * minute };
  const { skewMs, body } = await get();
  expect(body).toMatchObject({ matches: { length: 100 } });
  expect(Math.abs((skewMs ?? 0) - 10 * minute)).toBeLessThan(2500);
});

test("an answer out of a cache is as old as it says, and its server's clock is right", async () => {
  const { server, get } = await scene();
  server.fault = { kind: "skewed", ms: -20 * minute, headers: () => ({ age: "1200" }) };
  expect(Math.abs((await get()).skewMs ?? minute)).toBeLessThan(2500);
});

test("whoever asks may stop it, and gets the reason back", async () => {
  const { server, get } = await scene();
  server.fault = { kind: "silent" };
  const stop = new AbortController();
  const asking = get(stop.signal);
  await server.wasAsked(1);
  const why = new Error("drain");
  stop.abort(why);
  await expect(asking).rejects.toBe(why);
  await expect(get(stop.signal)).rejects.toBe(why);
});
