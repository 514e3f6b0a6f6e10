import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { pino } from "pino";
import { describe, expect, onTestFinished, test } from "vitest";
import { type HttpServer, listen, type ServeOptions } from "../../src/http/serve.ts";

async function started(fetch: ServeOptions["fetch"]): Promise<HttpServer> {
  const server = await listen({ fetch, host: "127.0.0.1", port: 0, logger: pino({ level: "silent" }) });
  onTestFinished(() => server.stop());
  return server;
}

async function connected({ port }: HttpServer): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  await once(socket, "connect");
  onTestFinished(() => void socket.destroy());
  return socket;
}

const get = (path: string, more = "") => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`;

describe("requests that were sent ahead", () => {
  test("are answered in their order, each once the one before has been", async () => {
    const begun: string[] = [];
    let underWay = 0;
    const server = await started(async (request) => {
      begun.push(new URL(request.url).pathname);
      underWay += 1;
      expect(underWay).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      return new Response(`[${new URL(request.url).pathname}]`);
    });
    const socket = await connected(server);
    socket.write(get("/1") + get("/2") + get("/3", "Connection: close\r\n"));
    const answers = await text(socket);
    expect(answers.match(/\[.*?\]/g)).toEqual(["[/1]", "[/2]", "[/3]"]);
    expect(begun).toEqual(["/1", "/2", "/3"]);
  });

  test("by somebody who reads no answer are not begun", async () => {
    let begun = 0;
    const large = "x".repeat(32 * 1024 * 1024);
    const server = await started(() => {
      begun += 1;
      return new Response(large);
    });
    const socket = await connected(server);
    socket.pause();
    socket.write(get("/").repeat(10));
    // What another connection asked later is answered.
    const other = await connected(server);
    other.write(get("/", "Connection: close\r\n"));
    expect((await text(other)).length).toBeGreaterThan(large.length);
    expect(begun).toBe(2);
  });

  test("are so many that the connection is ended, and only its own", async () => {
    let begun = 0;
    const server = await started(() => {
      begun += 1;
      return new Response("x");
    });
    const other = await connected(server);
    const socket = await connected(server);
    socket.write(get("/").repeat(200));
    await text(socket);
    expect(begun).toBeLessThan(20);
    other.write(get("/", "Connection: close\r\n"));
    expect(await text(other)).toContain("200 OK");
  });
});
