import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import type { Principal } from "../../../src/http/access/principal.ts";
import { createSessions, sessionLifeMs } from "../../../src/http/access/session.ts";
import { manualClock } from "../../support/manual-clock.ts";

const anna: Principal = { name: "anna", scope: "operate" };

function scene() {
  const clock = manualClock(0);
  const sessions = createSessions(clock);
  const app = new Hono();
  app.get("/begin", (c) => c.text(sessions.begin(c, anna).key));
  app.get("/find", (c) => c.text(sessions.find(c)?.principal.name ?? "nobody"));
  app.get("/end", (c) => (sessions.end(c), c.text("")));
  const ask = async (path: string, cookie?: string, headers: Record<string, string> = {}) => {
    const all = { Host: "127.0.0.1:4600", ...headers, ...(cookie === undefined ? {} : { Cookie: cookie }) };
    const response = await app.request(path, { headers: all });
    const set = response.headers.get("Set-Cookie") ?? "";
    return { text: await response.text(), set, cookie: set.split(";")[0] ?? "" };
  };
  return { clock, ask };
}

test("a session is found by its cookie, which no script and no other site gets", async () => {
  const { ask } = scene();
  const { set, cookie, text: key } = await ask("/begin");
  expect(set).toMatch(/^fulltime_4600=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
  expect((await ask("/find", cookie)).text).toBe("anna");
  expect((await ask("/find")).text).toBe("nobody");
  // What names a session signs nobody in.
  expect((await ask("/find", `fulltime_4600=${key}`)).text).toBe("nobody");
});

test("made over TLS it stays there", async () => {
  const { ask } = scene();
  const { set } = await ask("/begin", undefined, { Host: "fulltime.example", Origin: "https://fulltime.example" });
  expect(set).toMatch(/^fulltime=.*; Secure; SameSite=Strict$/);
});

test("another node of the same machine has another cookie", async () => {
  const { ask } = scene();
  const { cookie } = await ask("/begin");
  const { cookie: other } = await ask("/begin", undefined, { Host: "127.0.0.1:4601" });
  expect(other).toMatch(/^fulltime_4601=/);
  expect((await ask("/find", `${cookie}; ${other}`)).text).toBe("anna");
});

describe("it ends", () => {
  test("12 hours after it began, however it was used", async () => {
    const { ask, clock } = scene();
    const { cookie } = await ask("/begin");
    await clock.advance(sessionLifeMs - 1);
    expect((await ask("/find", cookie)).text).toBe("anna");
    await clock.advance(1);
    expect((await ask("/find", cookie)).text).toBe("nobody");
  });

  test("when somebody signs out, in the browser too", async () => {
    const { ask } = scene();
    const { cookie } = await ask("/begin");
    expect((await ask("/end", cookie)).set).toMatch(/^fulltime_4600=; Max-Age=0/);
    expect((await ask("/find", cookie)).text).toBe("nobody");
  });

  test("when the same browser signs in again: the next one is another", async () => {
    const { ask } = scene();
    const first = await ask("/begin");
    const second = await ask("/begin", first.cookie);
    expect(second.cookie).not.toBe(first.cookie);
    expect((await ask("/find", first.cookie)).text).toBe("nobody");
    expect((await ask("/find", second.cookie)).text).toBe("anna");
  });

  test("when its principal has signed in in twenty more browsers", async () => {
    const { ask } = scene();
    const cookies: string[] = [];
    for (let n = 0; n < 21; n += 1) cookies.push((await ask("/begin")).cookie);
    const found = await Promise.all(cookies.map(async (cookie) => (await ask("/find", cookie)).text));
    expect(found).toEqual(["nobody", ...Array.from({ length: 20 }, () => "anna")]);
  });
});
