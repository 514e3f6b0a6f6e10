import { describe, expect, test } from "vitest";
import { newToken, scryptOf, sha256Of } from "../../../src/http/access/token-hash.ts";
import { kickoff } from "../../support/history.ts";
import { type Served, serve } from "../support.ts";

const adminToken = "correct-horse-battery";
const [own, other] = [newToken(), newToken()];
const principals = [
  { name: "own", scope: "admin", token: sha256Of(own) },
  { name: "other", scope: "admin", token: sha256Of(other) },
] as const;
const rebuild = "/api/admin/projections/rebuild";

interface Asked {
  token?: string;
  key?: string;
  body?: string;
  query?: string;
  headers?: Record<string, string>;
}

const guarded = (more = {}) => serve({ at: kickoff, adminToken, access: { principals, ...more } });

function post(served: Served, { token = own, key, body, query = "", headers = {} }: Asked) {
  return served.ask(`${rebuild}${query}`, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...(key === undefined ? {} : { "Idempotency-Key": key }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
}

/** JSON in which every character stands as an escape. */
function escaped(text: string): string {
  return Array.from(text, (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, "0")}`).join("");
}

const reason = (text: string) => JSON.stringify({ reason: text });

describe("is refused, not repeated, and in no event:", () => {
  test.each<[string, Asked]>([
    ["one's own token, a character of it escaped", { body: `{"reason":"${escaped(own[0] ?? "")}${own.slice(1)}"}` }],
    ["one's own token, escaped as a whole", { body: `{"reason":"x ${escaped(own)}"}` }],
    ["one's own token as a name", { body: JSON.stringify({ [own]: 1 }) }],
    ["another's token", { body: reason(other) }],
    ["another's token amid words", { body: reason(`look at ${other}, please`) }],
    ["another's token amid a word", { body: reason(`token=${other}x_y`) }],
    ["another's token, escaped", { body: `{"reason":"${escaped(other)}"}` }],
    ["another's token as the key", { key: other }],
    ["another's token in the query", { query: `?a=${other}` }],
    ["another's token in the query, escaped", { query: `?a=%${other.charCodeAt(0).toString(16)}${other.slice(1)}` }],
    ["another's token in a header", { headers: { Cookie: `a=b; t=${other}` } }],
    ["the admin token", { body: reason(adminToken) }],
    ["the admin token amid a word", { body: reason(`(${adminToken})`) }],
    ["the admin token, escaped", { body: `{"reason":"${escaped(adminToken)}"}` }],
    ["the admin token as the key", { key: adminToken }],
    ["a principal's token, from the admin", { token: adminToken, body: reason(own) }],
  ])("%s", async (_, asked) => {
    const served = await guarded();
    const response = await post(served, asked);
    expect(response.status).toBe(400);
    const answer = await response.text();
    expect(answer).toContain("Authorization header only");
    const told = answer + JSON.stringify([...response.headers]) + JSON.stringify(served.logged);
    const kept = served.server.messages.map(({ body }) => Buffer.from(body).toString()).join();
    for (const token of [own, other, adminToken]) expect(told + kept).not.toContain(token);
    expect(served.server.messages).toEqual([]);
    expect((await post(served, { body: reason("by the way") })).status).toBe(202);
  });

  test("a token that somebody chose, once it was verified", async () => {
    const chosen = "mares-eat-oats-and-does";
    const anna = { name: "anna", scope: "read", token: await scryptOf(chosen) } as const;
    const served = await guarded({ principals: [...principals, anna] });
    await served.ask("/api/admin/projections", { headers: { Authorization: `Bearer ${chosen}` } });
    expect((await post(served, { body: reason(chosen) })).status).toBe(400);
    expect((await post(served, { key: chosen })).status).toBe(400);
  });
});

describe("words that may be a token somebody chose", () => {
  const guess = (n: number) => `wrong-horse-battery-${n}`;

  test("are attempts to log in: 10 a minute, however they are sent", async () => {
    const plenty = { quota: 1000, window: 60 };
    const served = await guarded({ quotas: { admin: plenty } });
    for (let n = 0; n < 10; n += 1) expect((await post(served, { body: reason(guess(n)) })).status).toBe(202);
    const refused = await post(served, { body: reason(adminToken) });
    expect(refused.status).toBe(429);
    expect(refused.headers.get("RateLimit-Policy")).toBe('"login";q=10;w=60');
    // Nobody else is held up, neither is what holds no such word.
    expect((await post(served, { token: other, body: reason(guess(11)) })).status).toBe(202);
    expect((await post(served, { body: reason("the source is back") })).status).toBe(202);
    const many = Array.from({ length: 11 }, (_, n) => guess(n)).join(" ");
    expect((await post(await guarded(), { body: reason(many) })).status).toBe(429);
  });

  test("are none where a key is a UUID, nor for the admin, whose token is the only one", async () => {
    const plenty = { quota: 1000, window: 60 };
    const served = await guarded({ quotas: { admin: plenty } });
    for (let n = 0; n < 12; n += 1) {
      expect((await post(served, { key: crypto.randomUUID() })).status).toBe(202);
      expect((await post(served, { token: adminToken, body: reason(guess(n)) })).status).toBe(202);
    }
  });
});

test("a body nested as deep as it may be is looked through", async () => {
  const depth = 32_000;
  const response = await post(await guarded(), { body: "[".repeat(depth) + "]".repeat(depth) });
  expect(response.status).toBe(400);
});

test("a name that no route knows is not repeated, whoever sends it; the known ones are told", async () => {
  const secret = newToken();
  const served = await guarded();
  for (const path of [`/api/matches?${secret}=1`, `/api/models?${secret}=1`, `/api/changes?${secret}=1`]) {
    const response = await served.ask(path);
    expect(response.status).toBe(400);
    expect(await response.text()).not.toContain(secret);
  }
  const response = await post(served, { body: JSON.stringify({ [secret]: 1 }) });
  expect(await response.json()).toMatchObject({ detail: "json: unknown field; known are reason" });
});
