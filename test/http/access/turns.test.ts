import { Hono } from "hono";
import { expect, test } from "vitest";
import { takeTurns } from "../../../src/http/access/turns.ts";
import type { HttpEnv } from "../../../src/http/openapi.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

function app(limits: { atOnceMax: number; waitingMax: number }, handler: () => Promise<void> | void) {
  const routes = new Hono<HttpEnv>().use(takeTurns(limits)).get("/", async (c) => {
    await handler();
    return c.text("done");
  });
  routes.onError((_, c) => c.text("failed", 500));
  return routes;
}

test("one is begun in each turn of the event loop, and something else gets in between", async () => {
  let begun = 0;
  const it = app({ atOnceMax: 8, waitingMax: 100 }, () => void (begun += 1));
  const answers = Array.from({ length: 50 }, () => it.request("/"));
  let turns = 0;
  for (; begun < 50; turns += 1) {
    const before = begun;
    await turn();
    expect(begun - before).toBeLessThanOrEqual(1);
  }
  expect(turns).toBeGreaterThanOrEqual(50);
  for (const answer of answers) expect((await answer).status).toBe(200);
});

test("so many are under way at once, so many wait, and the rest is told when to come back", async () => {
  let [underWay, most] = [0, 0];
  const ends: (() => void)[] = [];
  const it = app({ atOnceMax: 2, waitingMax: 3 }, async () => {
    most = Math.max(most, (underWay += 1));
    await new Promise<void>((resolve) => ends.push(resolve));
    underWay -= 1;
  });
  const first = [it.request("/"), it.request("/")];
  while (ends.length < 2) await turn();
  const waiting = Array.from({ length: 3 }, () => it.request("/"));
  const refused = await it.request("/");
  expect(refused.status).toBe(503);
  expect(refused.headers.get("Retry-After")).toBe("1");
  let all = false;
  const pending = [...first, ...waiting].map(async (answer) => answer);
  const done = Promise.all(pending).then((answers) => ((all = true), answers));
  while (!all) {
    ends.splice(0).forEach((end) => end());
    await turn();
  }
  expect((await done).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  expect(most).toBe(2);
  const last = it.request("/");
  while (ends.length === 0) await turn();
  ends.splice(0).forEach((end) => end());
  expect((await last).status).toBe(200);
});

test("who has gone away in the meantime costs nothing more, and a failure frees its place", async () => {
  let begun = 0;
  const it = app({ atOnceMax: 1, waitingMax: 9 }, () => {
    begun += 1;
    throw new Error("no");
  });
  const gone = new AbortController();
  const lost = it.request("/", { signal: gone.signal });
  gone.abort();
  await lost;
  expect(begun).toBe(0);
  for (let n = 0; n < 3; n += 1) expect((await it.request("/")).status).toBe(500);
});
