import { expect, test } from "vitest";
import { operationsOf, type Description } from "../../src/http/description.ts";
import { packageVersion } from "../../src/version.ts";
import { kickoff } from "../support/history.ts";
import { type Served, serve } from "./support.ts";

async function described(served: Served): Promise<Description> {
  const response = await served.ask("/openapi.json");
  expect(response.status).toBe(200);
  expect(response.headers.get("Content-Type")).toContain("application/json");
  return (await response.json()) as Description;
}

test("GET /openapi.json describes every route: a name of its own, its errors, who may ask", async () => {
  const description = await described(await serve({ at: kickoff }));
  expect(description.openapi).toBe("3.1.0");
  expect(description.info).toMatchObject({ title: "fulltime", version: packageVersion() });
  expect(description.components?.securitySchemes).toMatchObject({ bearer: { type: "http", scheme: "bearer" } });
  const operations = operationsOf(description);
  const known = new Set((description.tags ?? []).map(({ name }) => name));
  expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
  for (const { method, path, operation } of operations) {
    const label = `${method} ${path}`;
    expect(operation.summary, label).toBeTruthy();
    for (const tag of operation.tags ?? [""]) expect(known, label).toContain(tag);
    const statuses = Object.keys(operation.responses ?? {});
    expect(statuses, label).toEqual(expect.arrayContaining(["400", "403", "default"]));
    if (path.startsWith("/api/admin/")) {
      expect(operation.security, label).toEqual([{ bearer: [] }]);
      expect(statuses, label).toEqual(expect.arrayContaining(["401", "429", "503"]));
    }
    if (method !== "get") expect(statuses, label).toEqual(expect.arrayContaining(["413", "415"]));
    const answers = Object.entries(operation.responses ?? {}) as [string, { content?: object }][];
    for (const [status, { content = {} }] of answers) {
      if (/^[45]|default/.test(status))
        expect(Object.keys(content), `${label} ${status}`).toContain("application/problem+json");
    }
  }
});

test("GET /docs shows it with files of this node alone", async () => {
  const served = await serve({ at: kickoff });
  const response = await served.ask("/docs");
  const page = await response.text();
  const policy = response.headers.get("Content-Security-Policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).not.toMatch(/https?:|unsafe-eval|\*/);
  expect(page).not.toMatch(/<script(?![^>]*src=)/);
  const files = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? "");
  expect(files.length).toBeGreaterThan(3);
  for (const path of files) {
    expect(path).not.toMatch(/^(\/\/|\w+:)/);
    const file = await served.ask(`/${path}`);
    expect(file.status, path).toBe(200);
    expect((await file.arrayBuffer()).byteLength, path).toBeGreaterThan(100);
    if (/^docs\/\d/.test(path)) expect(file.headers.get("Cache-Control")).toContain("immutable");
  }
  // A page that is no docs page keeps the policy of all.
  expect((await served.ask("/livez")).headers.get("Content-Security-Policy")).not.toContain("script-src");
});

test.each(["swagger-ui.js", "..%2Fpackage.json", "__proto__", "%2e%2e", "index.html"])(
  "%s is no file of the docs",
  async (name) => {
    const served = await serve({ at: kickoff });
    const version = /docs\/([^/]+)\/swagger-ui.css/.exec(await (await served.ask("/docs")).text())?.[1];
    expect((await served.ask(`/docs/${version}/${name}`)).status).toBe(404);
  },
);
