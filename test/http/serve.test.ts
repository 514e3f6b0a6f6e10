import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { pino } from "pino";
import { describe, expect, onTestFinished, test } from "vitest";
import { problemSchema } from "../../src/http/problem.ts";
import { type ConnectionLimits, HttpUnusable, type HttpServer, listen } from "../../src/http/serve.ts";
import { kickoff } from "../support/history.ts";
import { until } from "../support/until.ts";
import { serve } from "./support.ts";

async function started(limits: Partial<ConnectionLimits> = {}, trustedProxies: string[] = []): Promise<HttpServer> {
  const { fetch } = await serve({ at: kickoff });
  const server = await listen({
    fetch,
    host: "127.0.0.1",
    port: 0,
    logger: pino({ level: "silent" }),
    limits,
    trustedProxies,
  });
  onTestFinished(() => server.stop());
  return server;
}

async function connected({ port }: HttpServer): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  // A server that ends a connection may reset it.
  socket.on("error", () => {});
  await once(socket, "connect");
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** What the server answers to these bytes until it closes the connection. */
async function answerTo(
  server: HttpServer,
  ...bytes: string[]
): Promise<{ status: number; head: string; body: string }> {
  const socket = await connected(server);
  for (const part of bytes) socket.write(part);
  const answer = await text(socket);
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  return { status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1]), head, body };
}

const host = "Host: localhost\r\nConnection: close\r\n";

describe("what is no request", () => {
  test.each([
    ["no HTTP at all", "GARBAGE\r\n\r\n", 400],
    ["headers beyond 16 kB", `GET / HTTP/1.1\r\n${host}X: ${"x".repeat(17_000)}\r\n\r\n`, 431],
    ["a length that is none", `POST / HTTP/1.1\r\n${host}Content-Length: x\r\n\r\n`, 400],
    [
      "two ways to end",
      `POST / HTTP/1.1\r\n${host}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    ["a chunk that is none", `POST /nothing HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n`, 400],
    ["a target that is no URL", `GET http://[ HTTP/1.1\r\n${host}\r\n`, 400],
    ["a target without a path", `OPTIONS * HTTP/1.1\r\n${host}\r\n`, 400],
    ["a backslash", `GET /\\evil.example HTTP/1.1\r\n${host}\r\n`, 400],
    ["a host that is none", "GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n", 400],
    ["no host", "GET / HTTP/1.1\r\nConnection: close\r\n\r\n", 400],
    ["two hosts", `GET / HTTP/1.1\r\nHost: localhost\r\n${host}\r\n`, 400],
    ["another host in the target", `GET http://evil.example/livez HTTP/1.1\r\n${host}\r\n`, 400],
    ["another port in the target", `GET http://localhost:1/livez HTTP/1.1\r\n${host}\r\n`, 400],
    ["an expectation", `GET /livez HTTP/1.1\r\n${host}Expect: foo\r\n\r\n`, 417],
  ])("%s is a problem", async (_, bytes, status) => {
    const answer = await answerTo(await started(), bytes);
    expect(answer.status).toBe(status);
    expect(answer.head.toLowerCase()).toContain("content-type: application/problem+json");
    expect(problemSchema.parse(JSON.parse(answer.body)).status).toBe(status);
    expect(answer.head).toContain("default-src 'none'");
    for (const name of ["cache-control: no-store", "x-content-type-options: nosniff", "x-frame-options: deny"]) {
      expect(answer.head.toLowerCase()).toContain(name);
    }
  });

  test.each([
    ["the same host in the target", `GET http://LOCALHOST/livez HTTP/1.1\r\n${host}\r\n`],
    [
      "its usual port left out",
      "GET http://localhost:80/livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    ],
    ["no host in HTTP/1.0", "GET /livez HTTP/1.0\r\n\r\n"],
    ["a body that waits to be asked for", `GET /livez HTTP/1.1\r\n${host}Expect: 100-continue\r\n\r\n`],
  ])("%s is one", async (_, bytes) => {
    const answer = await answerTo(await started(), bytes);
    expect([answer.status, answer.body]).toEqual(
      answer.status === 100 ? [100, expect.stringContaining("200 OK")] : [200, expect.anything()],
    );
  });

  test.each([
    ["a method without route", `TRACE / HTTP/1.1\r\n${host}\r\n`, 405],
    ["another's name in the target", "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", 403],
  ])("%s is refused", async (_, bytes, status) => {
    expect((await answerTo(await started(), bytes)).status).toBe(status);
  });

  test("a tunnel is not built", async () => {
    const socket = await connected(await started());
    socket.write("CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n");
    expect(await text(socket)).toBe("");
  });
});

describe("a body over 64 kB", () => {
  const post = "POST /api/admin/projections/rebuild HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";

  test("is refused by its length, before it is sent", async () => {
    const answer = await answerTo(await started(), `${post}Content-Length: 1000000000\r\n\r\n`);
    expect(answer.status).toBe(413);
    expect(problemSchema.parse(JSON.parse(answer.body)).detail).toContain("65536");
  });

  test("is refused in chunks, before all of them have come", async () => {
    const chunk = `4000\r\n${" ".repeat(0x40_00)}\r\n`;
    const answer = await answerTo(await started(), `${post}Transfer-Encoding: chunked\r\n\r\n`, chunk.repeat(5));
    expect(answer.status).toBe(413);
  });
});

const beginnings = [
  "",
  "GET /",
  "GET /api/health HTTP/1.1\r\nHost: local",
  "POST /api/admin/projections/rebuild HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
];

describe("slow clients", () => {
  test("100 of them do not keep others from an answer within a second", async () => {
    const server = await started();
    for (let n = 0; n < 100; n += 1) (await connected(server)).write(beginnings[n % beginnings.length] ?? "");
    const url = `http://127.0.0.1:${server.port}/api/health`;
    for (let n = 0; n < 10; n += 1) {
      const response = await fetch(url, { signal: AbortSignal.timeout(1000) });
      expect(response.status).toBe(200);
      await response.arrayBuffer();
    }
  });

  test("are told so and cut off", async () => {
    const server = await started({ headersMs: 100, requestMs: 200, lookEveryMs: 20 });
    const [, ...slow] = beginnings;
    for (const beginning of slow) expect((await answerTo(server, beginning)).status).toBe(408);
  });

  test("that never read their answer are cut off", async () => {
    const server = await started({ idleMs: 50, headersMs: 0, requestMs: 0 });
    const socket = await connected(server);
    socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n");
    expect(await text(socket)).toBe("");
  });
});

test("a client that goes away amid its body is no failure of this node", async () => {
  const served = await serve({ at: kickoff });
  const server = await listen({ fetch: served.fetch, host: "127.0.0.1", port: 0, logger: pino({ level: "silent" }) });
  onTestFinished(() => server.stop());
  const socket = await connected(server);
  socket.write(beginnings.at(-1) ?? "");
  // Node has the beginning once another request, sent later, was answered.
  await (await fetch(`http://127.0.0.1:${server.port}/livez`)).arrayBuffer();
  socket.destroy();
  await until(() => (served.logged.length > 0 ? true : null));
  expect(served.logged).toEqual([expect.objectContaining({ msg: "request", status: 400 })]);
});

describe("connections", () => {
  const get = `GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n`;

  test("of one address are limited, and one that ends makes room", async () => {
    const server = await started({ connectionsPerAddress: 2 });
    const [first, second] = [await connected(server), await connected(server)];
    for (const socket of [first, second]) {
      socket.write(get);
      await once(socket, "data");
    }
    expect(await text(await connected(server))).toBe("");
    first.end();
    await once(first, "close");
    expect((await answerTo(server, get.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"))).status).toBe(200);
  });

  test("of a trusted proxy are those of many clients", async () => {
    const server = await started({ connectionsPerAddress: 1 }, ["127.0.0.0/8"]);
    for (const socket of [await connected(server), await connected(server)]) {
      socket.write(get);
      await once(socket, "data");
    }
  });
});

test("a port that is taken is told with its remedy; a server may be stopped twice", async () => {
  const server = await started();
  const { fetch } = await serve({ at: kickoff });
  const again = listen({ fetch, host: "127.0.0.1", port: server.port, logger: pino({ level: "silent" }) });
  await expect(again).rejects.toThrow(HttpUnusable);
  await expect(again).rejects.toThrow(/another program uses it; choose another with FULLTIME_PORT/);
  await Promise.all([server.stop(), server.stop()]);
  await server.stop();
});
