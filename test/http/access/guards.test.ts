import { describe, expect, test } from "vitest";
import { newToken, sha256Of } from "../../../src/http/access/token-hash.ts";
import { problemSchema } from "../../../src/http/problem.ts";
import { kickoff } from "../../support/history.ts";
import { type ServeOptions, serve } from "../support.ts";

const token = "a-token-of-enough-letters";
const rebuild = "/api/admin/projections/rebuild";
const projections = "/api/admin/projections";
const guarded = (more: Partial<ServeOptions> = {}) => serve({ at: kickoff, adminToken: token, ...more });
const bearer = { Authorization: `Bearer ${token}` };

describe("Host", () => {
  const access = { host: "0.0.0.0", allowedHosts: ["fulltime.example", "fd00::7"] };

  test.each([
    ["localhost:4600", 200],
    ["127.0.0.1", 200],
    ["[::1]:4600", 200],
    ["0.0.0.0:4600", 200],
    ["fulltime.example", 200],
    ["FULLTIME.example.:443", 200],
    ["[fd00::7]:4600", 200],
    ["evil.example", 403],
    ["fulltime.example.evil.example", 403],
    ["localhost.evil.example", 403],
    ["127.0.0.1.evil.example", 403],
    ["192.0.2.77", 403],
    ["user@localhost", 403],
    ["", 403],
  ])("%s: %i", async (host, status) => {
    const served = await guarded({ access });
    for (const path of ["/", projections]) {
      expect((await served.ask(path, { headers: { Host: host, ...bearer } })).status).toBe(status);
    }
    // Probes come by whatever name the load balancer knows.
    for (const path of ["/livez", "/readyz", "/api/health", "/metrics"]) {
      expect((await served.ask(path, { headers: { Host: host } })).status).toBe(200);
    }
  });

  test("may be the address that the connection was made to", async () => {
    const served = await guarded({ access });
    const ask = (Host: string) => served.ask("/docs", { headers: { Host } }, "10.0.0.1", "10.0.0.7");
    expect((await ask("10.0.0.7:4600")).status).toBe(200);
    expect((await ask("10.0.0.8:4600")).status).toBe(403);
  });

  test("is told how to be allowed", async () => {
    const served = await guarded();
    const response = await served.ask("/docs", { headers: { Host: "fulltime.example" } });
    expect(problemSchema.parse(await response.json()).detail).toContain("FULLTIME_ALLOWED_HOSTS");
    expect(response.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
  });
});

describe("a page of another origin", () => {
  const own = { Host: "localhost:4600" };

  test.each([
    [{ ...own }, 202],
    [{ ...own, "Sec-Fetch-Site": "same-origin", Origin: "http://localhost:4600" }, 202],
    [{ ...own, "Sec-Fetch-Site": "none" }, 202],
    [{ ...own, Origin: "http://localhost:4600" }, 202],
    // Before this node there may be TLS.
    [{ Host: "localhost", Origin: "https://localhost" }, 202],
    [{ Host: "localhost:443", Origin: "https://localhost" }, 202],
    [{ ...own, "Sec-Fetch-Site": "cross-site" }, 403],
    [{ ...own, "Sec-Fetch-Site": "same-site" }, 403],
    [{ ...own, "Sec-Fetch-Site": "surprise" }, 403],
    [{ ...own, Origin: "http://localhost:3000" }, 403],
    [{ ...own, Origin: "https://evil.example" }, 403],
    [{ ...own, Origin: "null" }, 403],
    [{ ...own, Origin: "https://console.example" }, 403],
  ])("changes nothing: %o: %i", async (headers, status) => {
    const served = await guarded();
    const response = await served.ask(rebuild, { method: "POST", headers: { ...headers, ...bearer } });
    expect(response.status).toBe(status);
    expect(response.headers.get("Access-Control-Allow-Origin")).toBeNull();
  });

  test("may ask where its origin is configured, and is told so before it does", async () => {
    const served = await guarded({ access: { corsOrigins: ["https://console.example"] } });
    const page = { ...own, Origin: "https://console.example", "Sec-Fetch-Site": "cross-site" };
    const preflight = await served.ask(rebuild, {
      method: "OPTIONS",
      headers: { ...page, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization" },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("Access-Control-Allow-Origin")).toBe("https://console.example");
    expect(preflight.headers.get("Access-Control-Allow-Headers")).toContain("Authorization");
    expect(preflight.headers.get("Access-Control-Allow-Credentials")).toBeNull();
    const response = await served.ask(rebuild, { method: "POST", headers: { ...page, ...bearer } });
    expect(response.status).toBe(202);
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe("https://console.example");
    const other = await served.ask("/livez", { headers: { ...own, Origin: "https://evil.example" } });
    expect(other.headers.get("Access-Control-Allow-Origin")).toBeNull();
  });
});

describe("a body", () => {
  const post = (
    body: string | ReadableStream,
    type: string | null = "application/json",
    more: Record<string, string> = {},
  ) => ({
    method: "POST",
    body,
    headers: { ...bearer, ...(type === null ? {} : { "Content-Type": type }), ...more },
    duplex: "half" as const,
  });
  const padded = (bytes: number) => `{${" ".repeat(bytes - 2)}}`;
  const chunks = (bytes: number) =>
    new ReadableStream({
      start(controller) {
        const all = Buffer.from(padded(bytes));
        for (let sent = 0; sent < bytes; sent += 1024) controller.enqueue(all.subarray(sent, sent + 1024));
        controller.close();
      },
    });

  test.each([
    ["application/json", 202],
    ["application/json; charset=utf-8", 202],
    ["Application/JSON", 202],
    ["text/plain", 415],
    ["application/x-www-form-urlencoded", 415],
    ["multipart/form-data; boundary=x", 415],
    ["application/jsonx", 415],
    ["application/json/x", 415],
  ])("of type %s: %i", async (type, status) => {
    const served = await guarded();
    expect((await served.ask(rebuild, post("{}", type))).status).toBe(status);
  });

  test("may be left out", async () => {
    const served = await guarded();
    const response = await served.ask(rebuild, {
      method: "POST",
      headers: { ...bearer, "Content-Length": "0" },
    });
    expect(response.status).toBe(202);
  });

  test.each([
    [64 * 1024, 202],
    [64 * 1024 + 1, 413],
  ])("of %i bytes: %i, in one piece or in chunks", async (bytes, status) => {
    const served = await guarded();
    const length = { "Content-Length": String(bytes) };
    expect((await served.ask(rebuild, post(padded(bytes), "application/json", length))).status).toBe(status);
    const chunked = await served.ask(
      rebuild,
      post(chunks(bytes), "application/json", { "Transfer-Encoding": "chunked" }),
    );
    expect(chunked.status).toBe(status);
    if (status === 413) expect(problemSchema.parse(await chunked.json()).detail).toContain("65536");
  });

  test("of a stranger is not read", async () => {
    const served = await guarded();
    const unread = new ReadableStream(
      { pull: () => expect.unreachable("a stranger's body was read") },
      { highWaterMark: 0 },
    );
    const response = await served.ask(rebuild, { method: "POST", body: unread, duplex: "half" });
    expect(response.status).toBe(401);
  });
});

describe("a request's name", () => {
  test.each(["3f1c2b6e-6a55-4e0e-9d35-0a1b2c3d4e5f", "01J8ZQ4T5V9N3M2K1H0G7F6E5D", "4bf92f3577b34da6a3ce929d0e0e4736"])(
    "may be given: %s",
    async (id) => {
      const served = await guarded();
      const response = await served.ask("/", { headers: { "X-Request-Id": id } });
      expect(response.headers.get("X-Request-Id")).toBe(id);
      expect(served.logged.at(-1)).toMatchObject({ requestId: id });
    },
  );

  test.each(["canary", "x".repeat(200), "01J8ZQ4T5V9N3M2K1H0G7F6E5D!", ""])("is made where %o is given", async (id) => {
    const served = await guarded();
    const response = await served.ask("/", { headers: { "X-Request-Id": id } });
    expect(response.headers.get("X-Request-Id")).toMatch(/^[0-9a-f-]{36}$/);
    expect(served.logged.at(-1)).toMatchObject({ requestId: response.headers.get("X-Request-Id") });
  });

  test("is never somebody's token, though it look like a name", async () => {
    const adminToken = "3f1c2b6e-6a55-4e0e-9d35-0a1b2c3d4e5f";
    const served = await guarded({ adminToken });
    await served.ask("/", { headers: { "X-Request-Id": adminToken } });
    expect(JSON.stringify(served.logged)).not.toContain(adminToken);
  });
});

describe("the log of requests", () => {
  test("has one line each: method, route, status, time, name, principal", async () => {
    const reader = newToken();
    const principals = [{ name: "reader", scope: "read", token: sha256Of(reader) }] as const;
    const served = await guarded({ access: { principals } });
    const { headers } = await served.ask(`${projections}?a=b`, { headers: { Authorization: `Bearer ${reader}` } });
    expect(served.logged).toEqual([
      {
        level: 30,
        time: expect.any(Number),
        pid: process.pid,
        hostname: expect.any(String),
        msg: "request",
        method: "GET",
        route: projections,
        status: 200,
        ms: expect.any(Number),
        requestId: headers.get("X-Request-Id"),
        principal: "reader",
      },
    ]);
    await served.ask("/there/is/none");
    expect(served.logged.at(-1)).toMatchObject({ route: "unmatched", status: 404, principal: null });
    await served.ask(projections, { headers: bearer });
    expect(served.logged.at(-1)).toMatchObject({ principal: "admin" });
  });

  test("has no line of a probe, unless it is asked for", async () => {
    const served = await guarded();
    for (const path of ["/livez", "/readyz", "/api/health", "/metrics"]) await served.ask(path);
    expect(served.logged).toEqual([]);
  });
});
