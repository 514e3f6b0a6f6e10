import { describe, expect, test } from "vitest";
import { projectionsSchema, rebuildSchema } from "../../src/http/projections.ts";
import { history, kickoff } from "../support/history.ts";
import { type Served, serve } from "./support.ts";

const rebuild = "/api/admin/projections/rebuild";
const projections = "/api/admin/projections";
const token = "a-token-of-enough-letters";

describe("who may", () => {
  test.each([
    ["127.0.0.1", 200],
    ["127.9.9.9", 200],
    ["::1", 200],
    ["::ffff:127.0.0.1", 200],
    ["10.0.0.1", 403],
    ["::ffff:10.0.0.1", 403],
    ["127.evil.example", 403],
    ["", 403],
  ])("without a token, from %s: %i", async (address, status) => {
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
  ])("without a token, a browser led astray is refused: %o", async (headers, status) => {
    const served = await serve({ at: kickoff });
    expect((await served.ask(projections, { headers: headers as Record<string, string> })).status).toBe(status);
  });

  test.each([
    [`Bearer ${token}`, 200],
    [`bearer ${token}`, 200],
    [`Bearer ${token}x`, 401],
    [`Bearer ${token.slice(0, -1)}`, 401],
    [`Basic ${token}`, 401],
    [null, 401],
  ])("with a token configured, %s: %i, from anywhere", async (authorization, status) => {
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

async function state(served: Served) {
  return projectionsSchema.parse(await (await served.ask(projections)).json());
}

describe("POST /api/admin/projections/rebuild", () => {
  test("answers 202, rebuilds, and tells how it ended", async () => {
    const served = await serve({ at: kickoff });
    await served.write(history("pl-a-b").scheduled());
    expect(await state(served)).toMatchObject({ state: "following", sequence: 1, rebuilding: null, lastRebuild: null });

    const response = await served.ask(rebuild, { method: "POST" });
    expect(response.status).toBe(202);
    expect(response.headers.get("Location")).toBe(projections);
    expect(rebuildSchema.parse(await response.json()).number).toBe(1);
    // A second wish while the first is under way is the same rebuild.
    expect(rebuildSchema.parse(await (await served.ask(rebuild, { method: "POST" })).json()).number).toBe(1);

    await served.node.readModel.rebuild();
    expect(await state(served)).toMatchObject({
      sequence: 1,
      rebuilding: null,
      lastRebuild: { number: 1, error: null },
    });
    expect(served.node.readModel.match("pl-a-b")?.fixture?.status).toBe("scheduled");
  });
});
