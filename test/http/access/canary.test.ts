import { randomBytes } from "node:crypto";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type App, startApp } from "../../../src/app.ts";
import { liveConfig, secondsForHours } from "../../support/live-node.ts";
import { openRunningLog, readAll } from "../../support/log-reader.ts";
import { scriptedModels } from "../../support/scripted-models.ts";
import { scriptedSource } from "../../support/scripted-source.ts";
import { scratchDirectories } from "../../support/temp.ts";
import { exchange, exchangeAll, malformedRequests } from "./malformed.ts";

/** The admin token, and at once what is planted wherever a client may write. */
const canary = `canary-${randomBytes(24).toString("hex")}`;

const scratch = scratchDirectories();
const logged: string[] = [];
const dataDir = scratch.make("data");
let app: App;
let url: string;
let port: number;

beforeAll(async () => {
  // No test can wait out ten calls a minute.
  const plenty = { quota: 1_000_000, window: 60 };
  const config = {
    ...liveConfig(dataDir, secondsForHours),
    adminToken: canary,
    quotas: { admin: plenty, read: plenty, anonymous: plenty, login: plenty },
  };
  app = await startApp({
    config,
    origin: { source: scriptedSource(), season: "2026" },
    models: scriptedModels(),
    // The node's own care alone: the CLI's logger would strike the canary out.
    logger: pino({ level: "trace" }, { write: (line: string) => void logged.push(line) }),
    onProgress: () => {},
    signal: new AbortController().signal,
  });
  url = app.url ?? "";
  port = Number(new URL(url).port);
});

afterAll(async () => {
  await app.stop();
  scratch.remove();
});

interface Operation {
  method: string;
  path: string;
}

async function operations(): Promise<Operation[]> {
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: Record<string, object> };
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })),
  );
  // A stream that does not end by itself.
  return described.filter(({ path }) => path !== "/api/changes");
}

const headers = [
  "Accept",
  "Content-Type",
  "Cookie",
  "Forwarded",
  "Host",
  "Idempotency-Key",
  "If-None-Match",
  "Last-Event-ID",
  "Origin",
  "Range",
  "Referer",
  "Sec-Fetch-Site",
  "User-Agent",
  "X-Forwarded-For",
  "X-Request-Id",
  canary,
];

const bodies = [
  canary,
  JSON.stringify(canary),
  JSON.stringify({ [canary]: canary }),
  JSON.stringify({
    reason: canary,
    matchIds: [canary],
    stages: [canary],
    category: canary,
    days: canary,
    dryRun: true,
  }),
  JSON.stringify({ reason: canary }),
  JSON.stringify({ matchIds: [canary] }),
];

/** A request on a socket: `fetch` would not send all of these headers. */
function raw(method: string, target: string, headers: readonly (readonly [string, string])[], body = ""): Buffer {
  const all = [...headers, ["Connection", "close"], ...(body === "" ? [] : [["Content-Length", String(body.length)]])];
  const host = headers.some(([name]) => name === "Host") ? "" : "Host: localhost\r\n";
  const lines = all.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return Buffer.from(`${method} ${target} HTTP/1.1\r\n${host}${lines}\r\n${body}`);
}

/** The canary in every place of a request to this route, as its token and beside a wrong or no token. */
function planted({ method, path }: Operation): Buffer[] {
  const target = path.replaceAll(/\{\w+\}/g, "some-id");
  const json = ["Content-Type", "application/json"] as const;
  const credentials = [[["Authorization", `Bearer ${canary}`]], [["Authorization", `Bearer ${canary}x`]], []] as const;
  return credentials.flatMap((credential) => [
    ...headers.map((name) => raw(method, target, [...credential, json, [name, canary]], method === "GET" ? "" : "{}")),
    raw(method, path.replaceAll(/\{\w+\}/g, canary), [...credential]),
    raw(method, `${target}/${canary}`, [...credential]),
    raw(method, `${target}?${canary}=${canary}&cursor=${canary}&from=${canary}&status=${canary}`, [...credential]),
    raw(method, `${target}?at=%63${canary.slice(1)}`, [...credential]),
    ...(method === "GET" ? [] : bodies.map((body) => raw(method, target, [...credential, json], body))),
  ]);
}

/** The same on the console's pages: in its forms, its filters and its cookie. */
function onConsole(): Buffer[] {
  const [own, form] = [
    ["Authorization", `Bearer ${canary}`],
    ["Content-Type", "application/x-www-form-urlencoded"],
  ] as const;
  return [
    raw("POST", "/sign-in", [form], `token=${canary}`),
    raw("POST", "/sign-in", [form], `token=${canary}x&_again=${canary}`),
    raw("POST", "/requests/some-id/cancel", [own, form], `reason=${canary}`),
    raw("POST", "/requests/some-id/cancel", [own, form], `${canary}=x`),
    raw("POST", "/requests/some-id/cancel", [form], `_form=${canary}`),
    raw("POST", `/requests/${canary}/cancel`, [own, form], ""),
    ...["/", "/matches", "/gaps", "/failures", "/backfills", "/models", "/system", "/requests/some-id"].flatMap(
      (path) => [raw("GET", `${path}?q=${canary}`, [own]), raw("GET", path, [own, ["Cookie", `fulltime=${canary}`]])],
    ),
  ];
}

describe("a canary planted everywhere", () => {
  test("comes up in no answer", async () => {
    const all = await operations();
    expect(all.length).toBeGreaterThan(3);
    const requests = [
      ...all.flatMap(planted),
      raw("GET", `/${canary}`, []),
      ...onConsole(),
      raw(canary, "/", []),
      Buffer.from(`GET / HTTP/1.1\r\nHost: localhost\r\n${canary}\r\n\r\n`),
    ];
    const statuses = new Map<number, number>();
    for (const request of requests) {
      const answer = await exchange(port, request);
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      expect.soft(answer, request.toString()).not.toContain(canary);
      expect.soft(status < 500 || status === 503, request.toString()).toBe(true);
    }
    // Each kind of refusal was met, and the right token in the right place passed.
    expect([...statuses.keys()].toSorted((a, b) => a - b)).toEqual(expect.arrayContaining([200, 400, 401, 403, 404]));
  });

  test("comes up in no line of the log at its most talkative, in no metric, and in no event", async () => {
    // The node has written all about these requests once it has answered a later one.
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain("fulltime_http_denials_total");
    expect(metrics).not.toContain(canary);
    const lines = logged.filter((line) => line.includes('"request"'));
    expect(lines.length).toBeGreaterThan(100);
    expect(logged.filter((line) => line.includes(canary))).toEqual([]);
    const log = await openRunningLog(dataDir);
    try {
      const messages = await readAll(log);
      const holding = messages.filter(({ body }) => Buffer.from(body).includes(canary));
      expect(holding.map(({ subject }) => subject)).toEqual([]);
    } finally {
      await log.close();
    }
  });
});

test("of 1,000 malformed requests none is answered as if the node had failed", async () => {
  const seed = 20_261;
  const failures: string[] = [];
  await exchangeAll(port, malformedRequests(1000, seed), (answer, request) => {
    if (answer.startsWith("HTTP/1.1 5")) failures.push(`${request.toString("latin1").slice(0, 300)}\n=> ${answer}`);
  });
  expect(failures).toEqual([]);
  expect((await fetch(`${url}/livez`)).status).toBe(200);
  expect(logged.filter((line) => line.startsWith('{"level":50'))).toEqual([]);
});
