import { describe, expect, test } from "vitest";
import { newToken, scryptOf, sha256Of } from "../../../src/http/access/token-hash.ts";
import { kickoff } from "../../support/history.ts";
import { type Served, serve } from "../support.ts";

const nothing = "/api/admin/nothing";
const projections = "/api/admin/projections";
const adminToken = "a-token-of-enough-letters";
const other = newToken();
const principals = [{ name: "other", scope: "admin", token: sha256Of(other) }] as const;

type Init = { method?: string; headers?: Record<string, string> };

function ask(served: Served, token: string | null, init: Init = {}, from = "192.0.2.1") {
  const headers = { ...(token === null ? {} : { Authorization: `Bearer ${token}` }), ...init.headers };
  return served.ask(init.method === undefined ? projections : nothing, { ...init, headers }, from);
}

async function statuses(count: number, one: () => Promise<Response>): Promise<Record<number, number>> {
  const found: Record<number, number> = {};
  for (let n = 0; n < count; n += 1) {
    const { status } = await one();
    found[status] = (found[status] ?? 0) + 1;
  }
  return found;
}

const guarded = () => serve({ at: kickoff, adminToken, access: { principals } });
const post = { method: "POST" };

describe("a principal", () => {
  test("may change 10 things a minute, and look 3,000 times", async () => {
    const served = await guarded();
    expect(await statuses(12, () => ask(served, adminToken, post))).toEqual({ 404: 10, 429: 2 });
    expect(await statuses(3001, () => ask(served, adminToken))).toEqual({ 200: 3000, 429: 1 });
  });

  test("is told how much is left, and when to come back", async () => {
    const served = await guarded();
    const first = (await ask(served, adminToken, post)).headers;
    expect(first.get("RateLimit")).toBe('"admin";r=9;t=60');
    expect(first.get("RateLimit-Policy")).toBe('"admin";q=10;w=60');
    expect(first.get("Retry-After")).toBeNull();
    expect((await ask(served, adminToken)).headers.get("RateLimit")).toBe('"read";r=2999;t=60');
    await statuses(9, () => ask(served, adminToken, post));
    const refused = await ask(served, adminToken, post);
    expect(refused.status).toBe(429);
    expect(refused.headers.get("RateLimit")).toMatch(/^"admin";r=0;t=(60|5\d)$/);
    expect(refused.headers.get("Retry-After")).toMatch(/^(60|5\d)$/);
    expect(await refused.json()).toMatchObject({
      title: "Too Many Requests",
      detail: expect.stringMatching(/^too many requests of admin: come back in \d+ s$/),
    });
  });

  test("is counted wherever it comes from, and no other principal with it", async () => {
    const served = await guarded();
    let n = 0;
    expect(await statuses(11, () => ask(served, adminToken, post, `192.0.2.${(n += 1)}`))).toEqual({ 404: 10, 429: 1 });
    expect((await ask(served, other, post)).status).toBe(404);
  });

  test("on this machine without a token is one too", async () => {
    const served = await serve({ at: kickoff });
    expect(await statuses(11, () => served.ask(nothing, post))).toEqual({ 404: 10, 429: 1 });
  });

  test("has other quotas where they are given", async () => {
    const served = await serve({ at: kickoff, access: { quotas: { admin: { quota: 2, window: 1 } } } });
    expect(await statuses(3, () => served.ask(nothing, post))).toEqual({ 404: 2, 429: 1 });
  });
});

describe("an address", () => {
  test("may try 10 wrong tokens a minute, and the right one however often it failed", async () => {
    const served = await guarded();
    expect(await statuses(12, () => ask(served, newToken()))).toEqual({ 401: 10, 429: 2 });
    expect((await ask(served, adminToken)).status).toBe(200);
    expect((await ask(served, other, post)).status).toBe(404);
    // Another address has its own count; a neighbour in the same IPv6 network has not.
    expect((await ask(served, newToken(), {}, "192.0.2.2")).status).toBe(401);
    expect(await statuses(10, () => ask(served, newToken(), {}, "2001:db8::1"))).toEqual({ 401: 10 });
    expect((await ask(served, newToken(), {}, "2001:db8::2")).status).toBe(429);
  });

  test("may ask 10 times a minute without a token, which costs its wrong tokens nothing", async () => {
    const served = await guarded();
    expect(await statuses(11, () => ask(served, null))).toEqual({ 401: 10, 429: 1 });
    expect((await ask(served, newToken())).status).toBe(401);
    const refused = await ask(served, null);
    expect(refused.headers.get("RateLimit-Policy")).toBe('"anonymous";q=10;w=60');
    expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(0);
  });

  test("is the socket's: what a header says of it, anybody can write", async () => {
    const served = await guarded();
    let n = 0;
    const forged = () => ask(served, newToken(), { headers: { "X-Forwarded-For": `198.51.100.${(n += 1)}` } });
    expect(await statuses(11, forged)).toEqual({ 401: 10, 429: 1 });
  });

  test("is what a trusted proxy says, of which the client may have written the beginning", async () => {
    const served = await serve({ at: kickoff, adminToken, access: { trustedProxies: ["10.0.0.0/8"] } });
    let n = 0;
    const from = (client: string) =>
      ask(served, newToken(), { headers: { "X-Forwarded-For": `198.51.100.${(n += 1)}, ${client}` } }, "10.0.0.1");
    expect(await statuses(11, () => from("203.0.113.1"))).toEqual({ 401: 10, 429: 1 });
    expect((await from("203.0.113.2")).status).toBe(401);
  });

  test("may show the right token that somebody chose, however many wrong ones came before", async () => {
    const chosen = "correct-horse-battery";
    const entry = { name: "anna", scope: "read", token: await scryptOf(chosen) } as const;
    const served = await serve({
      at: kickoff,
      access: { principals: [entry], quotas: { login: { quota: 1, window: 60 } } },
    });
    expect(await statuses(3, () => ask(served, newToken()))).toEqual({ 401: 1, 429: 2 });
    // Never verified before.
    expect((await ask(served, chosen)).status).toBe(200);
    expect((await ask(served, newToken())).status).toBe(429);
  });

  test("has two tokens verified at a time, and leaves another's turn to it", async () => {
    const chosen = "correct-horse-battery";
    const entry = { name: "anna", scope: "read", token: await scryptOf(chosen) } as const;
    const served = await serve({ at: kickoff, access: { principals: [entry] } });
    const flood = Array.from({ length: 20 }, () => ask(served, newToken()));
    const right = ask(served, chosen, {}, "192.0.2.2");
    const found = (await Promise.all(flood)).map(({ status }) => status);
    expect(found.filter((status) => status === 401)).toHaveLength(2);
    expect(found.filter((status) => status === 429)).toHaveLength(18);
    expect((await right).status).toBe(200);
  });
});

describe("an open route", () => {
  const open = [
    "/docs/start.js",
    "/docs",
    "/openapi.json",
    "/api/matches",
    "/api/models",
    "/api/matches/pl-a",
    "/nothing",
  ];

  test("answers an address 3000 times a minute, all of them together", async () => {
    const served = await guarded();
    let n = 0;
    const one = (from: string) => served.ask(open[(n += 1) % open.length] ?? "", {}, from);
    const found = await statuses(3001, () => one("192.0.2.1"));
    expect(found[429]).toBe(1);
    const refused = await one("192.0.2.1");
    expect(refused.headers.get("RateLimit-Policy")).toBe('"read";q=3000;w=60');
    expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(0);
    expect((await refused.json()) as object).toMatchObject({ detail: expect.stringContaining("of this address") });
    // Neither another address nor who shows a token is held up, and no probe.
    expect((await served.ask("/docs", {}, "192.0.2.2")).status).toBe(200);
    const headers = { Authorization: `Bearer ${other}` };
    expect((await served.ask("/docs", { headers }, "192.0.2.1")).headers.get("RateLimit")).toBe('"read";r=2999;t=60');
    expect(await statuses(310, () => served.ask("/api/health", {}, "192.0.2.1"))).toEqual({ 200: 310 });
    for (const probe of ["/livez", "/readyz", "/metrics"]) {
      expect((await served.ask(probe, {}, "192.0.2.1")).status).toBe(200);
    }
  });

  test("counts what a principal reads, here and there, by its name", async () => {
    const served = await serve({ at: kickoff, adminToken, access: { quotas: { read: { quota: 2, window: 60 } } } });
    expect((await ask(served, adminToken)).status).toBe(200);
    const headers = { Authorization: `Bearer ${adminToken}` };
    expect((await served.ask("/api/matches", { headers })).status).toBe(200);
    expect((await served.ask("/api/matches", { headers })).status).toBe(429);
  });

  test("refuses a wrong token, and counts it as every other", async () => {
    const served = await guarded();
    const wrong = () => served.ask("/api/matches", { headers: { Authorization: `Bearer ${newToken()}` } }, "192.0.2.1");
    expect(await statuses(11, wrong)).toEqual({ 401: 10, 429: 1 });
    expect((await ask(served, newToken())).status).toBe(429);
  });
});

test("denials are counted by reason, and logged without a word of what was sent", async () => {
  const served = await guarded();
  await statuses(12, () => ask(served, "SECRET-WRONG-TOKEN"));
  await ask(served, null);
  const metrics = await (await served.ask("/metrics")).text();
  expect(metrics).toContain('fulltime_http_denials_total{reason="wrong-token"} 10');
  expect(metrics).toContain('fulltime_http_denials_total{reason="rate"} 2');
  expect(metrics).toContain('fulltime_http_denials_total{reason="no-token"} 1');
  const warnings = served.logged.filter(({ level }) => level === 40);
  expect(warnings).toEqual([
    expect.objectContaining({
      msg: "a request was refused",
      reason: "wrong-token",
      address: "192.0.2.1",
      route: projections,
    }),
  ]);
  expect(JSON.stringify(served.logged)).not.toContain("SECRET");
});
