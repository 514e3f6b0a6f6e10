import { describe, expect, test } from "vitest";
import { newToken, scryptOf, sha256Of } from "../../../src/http/access/token-hash.ts";
import { problemSchema } from "../../../src/http/problem.ts";
import { kickoff } from "../../support/history.ts";
import { serve } from "../support.ts";

const rebuild = "/api/admin/projections/rebuild";
const projections = "/api/admin/projections";
const token = "a-token-of-enough-letters";
const bearer = (it: string) => ({ headers: { Authorization: `Bearer ${it}` } });

describe("without a token", () => {
  test.each([
    ["127.0.0.1", 200],
    ["127.9.9.9", 200],
    ["::1", 200],
    ["::ffff:127.0.0.1", 200],
    ["10.0.0.1", 403],
    ["::ffff:10.0.0.1", 403],
    ["127.evil.example", 403],
    ["", 403],
  ])("from %s: %i", async (address, status) => {
    const served = await serve({ at: kickoff });
    expect((await served.ask(projections, {}, address)).status).toBe(status);
  });

  test.each([
    [{ Host: "127.0.0.1:4600" }, 200],
    [{ Host: "localhost" }, 200],
    [{ Host: "[::1]:4600" }, 200],
    [{ Host: "rebound.example" }, 403],
    [{ Host: "localhost", Origin: "http://localhost:4600" }, 200],
    [{ Host: "localhost", Origin: "https://evil.example" }, 403],
    [{ Host: "localhost", Origin: "null" }, 403],
    [{ Host: "localhost", "Sec-Fetch-Site": "cross-site" }, 403],
    // A proxy on this machine asks for anybody.
    [{ Host: "localhost", "X-Forwarded-For": "127.0.0.1" }, 403],
    [{ Host: "localhost", Forwarded: "for=127.0.0.1" }, 403],
    [{ Host: "localhost", Via: "1.1 proxy" }, 403],
    [{ Host: "localhost", "X-Forwarded-Proto": "https" }, 403],
    [{ Host: "localhost", "X-Client-IP": "127.0.0.1" }, 403],
    [{ Host: "localhost", "CF-Connecting-IP": "127.0.0.1" }, 403],
    [{ Host: "localhost", "True-Client-IP": "127.0.0.1" }, 403],
  ])("a browser led astray, and a proxy, is refused: %o", async (headers, status) => {
    const served = await serve({ at: kickoff });
    expect((await served.ask(projections, { headers: headers as Record<string, string> })).status).toBe(status);
  });
});

describe("with the admin token", () => {
  test.each([
    [`Bearer ${token}`, 200],
    [`bearer ${token}`, 200],
    [`Bearer ${token}x`, 401],
    [`Bearer ${token.slice(0, -1)}`, 401],
    [`Basic ${token}`, 401],
    [null, 401],
  ])("%s: %i, from anywhere", async (authorization, status) => {
    const served = await serve({ at: kickoff, adminToken: token });
    const headers: Record<string, string> = authorization === null ? {} : { Authorization: authorization };
    for (const from of ["127.0.0.1", "10.0.0.1"]) {
      const response = await served.ask(projections, { headers }, from);
      expect(response.status).toBe(status);
      if (status === 401) expect(response.headers.get("WWW-Authenticate")).toMatch(/^Bearer/);
    }
  });

  test("a refused rebuild begins nothing", async () => {
    const served = await serve({ at: kickoff, adminToken: token });
    expect((await served.ask(rebuild, { method: "POST" })).status).toBe(401);
    expect(served.node.readModel.state().rebuilding).toBeNull();
  });
});

describe("principals", () => {
  const tokens = { read: newToken(), operate: newToken(), admin: newToken() };
  const principals = (["read", "operate", "admin"] as const).map((scope) => ({
    name: `the-${scope}`,
    scope,
    token: sha256Of(tokens[scope]),
  }));

  test.each([
    ["read", "GET", projections, 200],
    ["operate", "GET", projections, 200],
    ["admin", "GET", projections, 200],
    ["read", "POST", rebuild, 403],
    ["operate", "POST", rebuild, 403],
    ["admin", "POST", rebuild, 202],
    // What changes something needs `operate`, even where there is no route yet.
    ["read", "POST", "/api/admin/nothing", 403],
    ["operate", "POST", "/api/admin/nothing", 404],
    ["read", "DELETE", "/api/admin/nothing", 403],
    ["operate", "DELETE", "/api/admin/nothing", 404],
  ] as const)("the scope %s may %s %s: %i", async (scope, method, path, status) => {
    const served = await serve({ at: kickoff, access: { principals } });
    const response = await served.ask(path, { method, ...bearer(tokens[scope]) });
    expect(response.status).toBe(status);
    if (status !== 403) return;
    const wanted = path === rebuild && scope === "operate" ? "admin" : "operate";
    const { detail } = problemSchema.parse(await response.json());
    expect(detail).toBe(`this needs the scope ${wanted}, the-${scope} has ${scope}`);
    expect(response.headers.get("WWW-Authenticate")).toContain(`scope="${wanted}"`);
    expect(served.node.readModel.state().rebuilding).toBeNull();
  });

  test("stand beside the admin token, and end the trust in this machine", async () => {
    const served = await serve({ at: kickoff, adminToken: token, access: { principals } });
    expect((await served.ask(projections, bearer(token))).status).toBe(200);
    expect((await served.ask(projections, bearer(tokens.read))).status).toBe(200);
    expect((await served.ask(projections)).status).toBe(401);
    const alone = await serve({ at: kickoff, access: { principals } });
    expect((await alone.ask(projections)).status).toBe(401);
  });

  test("may choose their token", async () => {
    const chosen = "correct-horse-battery";
    const entry = { name: "anna", scope: "read", token: await scryptOf(chosen) } as const;
    const served = await serve({ at: kickoff, access: { principals: [entry] } });
    expect((await served.ask(projections, bearer("correct-horse-batterz"))).status).toBe(401);
    for (let n = 0; n < 3; n += 1) expect((await served.ask(projections, bearer(chosen))).status).toBe(200);
  });
});

describe("a token belongs in its header", () => {
  test("and a word that is none may stand anywhere", async () => {
    const served = await serve({ at: kickoff, adminToken: "matches" });
    expect((await served.ask("/api/matches", bearer("matches"))).status).toBe(200);
  });

  const post = (path: string, init: { headers?: Record<string, string>; body?: string } = {}) =>
    [path, { method: "POST", ...init, headers: { ...bearer(token).headers, ...init.headers } }] as const;

  test.each([
    [...post(`${rebuild}?token=${token}`)],
    [...post(`${rebuild}?token=${token.replaceAll("-", "%2d")}&bad=%zz`)],
    [...post(rebuild, { headers: { "Idempotency-Key": token } })],
    [
      ...post(rebuild, {
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ reason: `x ${token}` }),
      }),
    ],
  ])("not in %s %o", async (path, init) => {
    const served = await serve({ at: kickoff, adminToken: token });
    const response = await served.ask(path, init);
    expect(response.status).toBe(400);
    expect(await response.text()).not.toContain(token);
    expect(served.node.readModel.state().rebuilding).toBeNull();
    expect((await served.ask(...post(rebuild))).status).toBe(202);
  });
});
