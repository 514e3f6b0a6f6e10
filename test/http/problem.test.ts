import { Hono } from "hono";
import { HTTPException } from "hono/http-exception";
import { pino } from "pino";
import { expect, test } from "vitest";
import { notFound, onError, problemSchema, Refused } from "../../src/http/problem.ts";
import { kickoff } from "../support/history.ts";
import { serve } from "./support.ts";

test("what there is not is a problem that does not repeat what was asked for", async () => {
  const served = await serve({ at: kickoff });
  const response = await served.ask("/api/nothing");
  expect(response.status).toBe(404);
  expect(response.headers.get("Content-Type")).toBe("application/problem+json");
  expect(problemSchema.parse(await response.json())).toEqual({
    type: "about:blank",
    title: "Not Found",
    status: 404,
    detail: "there is no such route; GET /docs lists what there is",
  });
});

test("messages are cut at 300 characters", async () => {
  const app = new Hono();
  app.onError(onError(pino({ level: "silent" })));
  app.get("/", () => {
    throw new Refused(409, "x".repeat(2000));
  });
  const { detail } = problemSchema.parse(await (await app.request("/")).json());
  expect(detail).toHaveLength(300);
});

test("an unforeseen error goes to the log with its stack, and to the caller without a word of it", async () => {
  const lines: string[] = [];
  const app = new Hono();
  app.onError(onError(pino({}, { write: (line: string) => void lines.push(line) })));
  app.notFound(notFound);
  app.get("/broken", () => {
    throw new Error("SECRET");
  });
  app.get("/refused", () => {
    throw new HTTPException(409, { message: "already under way" });
  });
  const response = await app.request("/broken");
  const body = await response.text();
  expect(response.status).toBe(500);
  expect(body).not.toContain("SECRET");
  expect(body).not.toContain("problem.test.ts");
  expect(lines.join()).toContain("SECRET");
  expect(lines.join()).toContain("problem.test.ts");
  const refused = await app.request("/refused");
  expect(refused.status).toBe(409);
  expect(await refused.json()).toMatchObject({ title: "Conflict", detail: "already under way" });
});

test("every answer forbids sniffing, framing and keeping", async () => {
  const served = await serve({ at: kickoff });
  for (const path of ["/", "/livez", "/api/health", "/nothing"]) {
    const { headers } = await served.ask(path);
    expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(headers.get("X-Frame-Options")).toBe("DENY");
    expect(headers.get("Cache-Control")).toBe("no-store");
    expect(headers.get("Content-Security-Policy")).toContain("default-src 'none'");
  }
});

test("GET / is a page whose links all answer", async () => {
  const served = await serve({ at: kickoff });
  const page = await (await served.ask("/")).text();
  const links = [...page.matchAll(/href="(\/[^"]*)"/g)].map(([, path]) => path ?? "");
  expect(links.length).toBeGreaterThan(7);
  for (const path of links) expect((await served.ask(path)).status, path).toBe(path.startsWith("/theme/") ? 303 : 200);
});

test("a method that a path does not take is a problem that names those it does", async () => {
  const served = await serve({ at: kickoff });
  for (const [path, method, allow] of [
    ["/api/matches", "POST", "GET, HEAD"],
    ["/api/matches/pl-a-b", "DELETE", "GET, HEAD"],
    ["/api/admin/projections/rebuild", "GET", "POST"],
  ] as const) {
    const response = await served.ask(path, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get("Allow")).toBe(allow);
    expect(problemSchema.parse(await response.json()).title).toBe("Method Not Allowed");
  }
  // What a route itself does not find stays so.
  expect((await served.ask("/api/matches/pl-a-b")).status).toBe(404);
  expect((await served.ask("/nothing", { method: "POST" })).status).toBe(404);
});
