import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import {
  type ChangeFeed,
  coalesceMs,
  createChangeFeed,
  followersMax,
  heartbeatMs,
  idsMax,
  lookEveryMs,
  rememberedMax,
  strangersMax,
  strangersOfPlaceMax,
} from "../../src/http/change-feed.ts";
import type { Condition } from "../../src/http/condition.ts";
import { listen } from "../../src/http/serve.ts";
import type { AdvanceListener } from "../../src/projections/waiters.ts";
import { history, kickoff } from "../support/history.ts";
import { manualClock, type ManualClock } from "../support/manual-clock.ts";
import { until } from "../support/until.ts";
import { type Served, serve } from "./support.ts";

/** What comes of one stream, event by event; `heard` waits for the next one, `changes` for the next that tells of the log. */
async function follow(served: Served, lastEventId?: string, from = "127.0.0.1", token?: string) {
  const headers = {
    ...(lastEventId === undefined ? {} : { "Last-Event-ID": lastEventId }),
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
  };
  const response = await served.ask("/api/changes", { headers }, from);
  const reader = response.body?.getReader();
  if (reader === undefined) throw new Error("no stream");
  onTestFinished(() => void reader.cancel());
  const decoder = new TextDecoder();
  const heard = async () => decoder.decode((await reader.read()).value);
  return {
    response,
    heard,
    async changes() {
      for (;;) {
        const text = await heard();
        if (!text.startsWith("event: condition")) return text;
      }
    },
    end: () => reader.cancel(),
  };
}

const event = (kind: string, sequence: number, matches?: string[] | "many") =>
  `event: ${kind}\nid: ${sequence}\ndata: ${JSON.stringify(matches === undefined ? { sequence } : { matches, sequence })}\n\n`;

test("GET /api/changes names what has changed, gathered, with the sequence it is up to", async () => {
  const served = await serve({ at: kickoff });
  await served.write(history("pl-before").scheduled());
  await served.wall.advance(coalesceMs);
  const stream = await follow(served);
  expect(stream.response.headers.get("Content-Type")).toBe("text/event-stream");
  expect(await stream.changes()).toBe(event("changed", 1, []));
  await served.write(history("pl-a").scheduled());
  await served.write(history("pl-b").scheduled());
  const next = stream.changes();
  await served.wall.advance(coalesceMs);
  expect(await next).toBe(event("changed", 3, ["pl-a", "pl-b"]));
});

test("who comes back is told what it missed, or to begin anew", async () => {
  const served = await serve({ at: kickoff });
  for (const id of ["pl-a", "pl-b", "pl-c"]) {
    await served.write(history(id).scheduled());
    await served.wall.advance(coalesceMs);
  }
  expect(await (await follow(served, "1")).changes()).toBe(event("changed", 3, ["pl-b", "pl-c"]));
  expect(await (await follow(served, "3")).changes()).toBe(event("changed", 3, []));
  for (const odd of ["4", "x", "-1"]) expect(await (await follow(served, odd)).changes()).toBe(event("reset", 3));
});

test("who joins while news is being gathered misses none of it, whenever it comes back", async () => {
  const served = await serve({ at: kickoff });
  await served.write(history("pl-a").scheduled());
  const early = await follow(served);
  expect(await early.changes()).toBe(event("changed", 0, []));
  await early.end();
  await served.wall.advance(coalesceMs);
  expect(await (await follow(served, "0")).changes()).toBe(event("changed", 1, ["pl-a"]));
});

test("a page that was read at a sequence follows from there", async () => {
  const served = await serve({ at: kickoff });
  await served.write(history("pl-a").scheduled());
  await served.wall.advance(coalesceMs);
  await served.write(history("pl-b").scheduled());
  await served.wall.advance(coalesceMs);
  const reader = (await served.ask("/api/changes?after=1")).body?.getReader();
  onTestFinished(() => void reader?.cancel());
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe(event("changed", 2, ["pl-b"]));
  expect((await served.ask("/api/changes?after=x")).status).toBe(400);
});

test("a swap of builds changes anything", async () => {
  const served = await serve({ at: kickoff });
  await served.write(history("pl-a").scheduled());
  await served.wall.advance(coalesceMs);
  const stream = await follow(served);
  await stream.changes();
  await served.node.readModel.rebuild();
  const next = stream.changes();
  await served.wall.advance(coalesceMs);
  expect(await next).toBe(event("changed", 1, "many"));
});

const condition = (word: string) => `event: condition\ndata: {"condition":"${word}"}\n\n`;

test("how far it can be trusted is told at first, when it turns though nothing is written, and to keep a quiet stream alive", async () => {
  const served = await serve({ at: kickoff });
  const stream = await follow(served);
  expect(await stream.heard()).toBe(event("changed", 0, []));
  expect(await stream.heard()).toBe(condition("current"));
  for (const [connected, word] of [
    [false, "nats-away"],
    [true, "current"],
  ] as const) {
    const next = stream.heard();
    served.connect(connected);
    await served.wall.advance(lookEveryMs);
    expect(await next).toBe(condition(word));
  }
  const next = stream.heard();
  await served.wall.advance(heartbeatMs);
  expect(await next).toBe(condition("current"));
});

const adminToken = "a-token-of-enough-letters";

test("of one address a share may follow, of strangers most, and who shows a token as many as there is room for", async () => {
  const served = await serve({ at: kickoff, adminToken });
  const from = async (address: string, count: number) =>
    Promise.all(Array.from({ length: count }, () => follow(served, undefined, address)));
  const first = await from("192.0.2.1", strangersOfPlaceMax);
  const refused = await served.ask("/api/changes", {}, "192.0.2.1");
  expect(refused.status).toBe(503);
  expect(refused.headers.get("Retry-After")).toBe("10");
  for (let n = 2; n <= strangersMax / strangersOfPlaceMax; n += 1) await from(`192.0.2.${n}`, strangersOfPlaceMax);
  expect((await served.ask("/api/changes", {}, "198.51.100.1")).status).toBe(503);
  const known = Array.from({ length: followersMax - strangersMax }, () =>
    follow(served, undefined, "192.0.2.1", adminToken),
  );
  for (const { response } of await Promise.all(known)) expect(response.status).toBe(200);
  const headers = { Authorization: `Bearer ${adminToken}` };
  expect((await served.ask("/api/changes", { headers })).status).toBe(503);
  await first[0]?.end();
  for (let i = 0; i < 3; i++) {
    expect((await served.ask("/api/changes", { method: "HEAD" }, "192.0.2.1")).status).toBe(200);
  }
  expect((await follow(served, undefined, "192.0.2.1")).response.status).toBe(200);
  expect((await served.ask("/api/changes", {}, "192.0.2.1")).status).toBe(503);
});

interface Fed {
  feed: ChangeFeed;
  wall: ManualClock;
  /** A commit that changed these. */
  commit(...ids: string[]): void;
  turn(now: Condition): void;
}

function fed(): Fed {
  const wall = manualClock(0);
  let sequence = 0;
  let condition: Condition = "current";
  let listener: AdvanceListener = () => {};
  const readModel = { sequence: () => sequence, onAdvance: (it: AdvanceListener) => ((listener = it), () => {}) };
  return {
    feed: createChangeFeed({ readModel, condition: () => condition, clock: wall }),
    wall,
    turn: (now) => (condition = now),
    commit: (...ids) => listener(++sequence, { has: () => false, ids: new Set(ids) }),
  };
}

test("a follower that reads nothing holds one piece of news, however much happens", async () => {
  const { feed, wall, commit } = fed();
  const follower = feed.join(null, null);
  for (let i = 0; i < idsMax; i++) {
    commit(`m-${i}`);
    await wall.advance(coalesceMs);
  }
  expect(await follower?.next()).toMatchObject({ kind: "changed", sequence: idsMax, matches: { size: idsMax } });
  expect(await follower?.next()).toEqual({ kind: "condition", condition: "current" });
  for (let i = 0; i <= idsMax; i++) {
    commit(`m-${i}`);
    await wall.advance(coalesceMs);
  }
  expect(await follower?.next()).toEqual({ kind: "changed", sequence: 2 * idsMax + 1, matches: "many" });
});

test("a follower that is always behind hears of a condition that has turned", async () => {
  const { feed, wall, commit, turn } = fed();
  const follower = feed.join(null, null);
  await follower?.next();
  await follower?.next();
  turn("nats-away");
  await wall.advance(lookEveryMs);
  const kinds: unknown[] = [];
  for (let i = 0; i < 3; i++) {
    commit("m-1");
    await wall.advance(coalesceMs);
    kinds.push((await follower?.next())?.kind);
  }
  expect(kinds).toEqual(["changed", "condition", "changed"]);
});

test("what is no match is not told, and what is long past is forgotten", async () => {
  const { feed, wall, commit } = fed();
  commit("archive.pl", "", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "_");
  expect(wall.timers).toBe(0);
  for (let i = 0; i <= rememberedMax; i++) {
    commit("m-1");
    await wall.advance(coalesceMs);
  }
  expect(await feed.join(1, null)?.next()).toMatchObject({ kind: "reset" });
  expect(await feed.join(2, null)?.next()).toMatchObject({ kind: "changed", matches: new Set(["m-1"]) });
});

test("who leaves while it waits is let go", async () => {
  const { feed, wall } = fed();
  const follower = feed.join(null, null);
  await follower?.next();
  await follower?.next();
  const waiting = follower?.next();
  follower?.leave();
  expect(await waiting).toBeNull();
  expect(await follower?.next()).toBeNull();
  expect(wall.timers).toBe(0);
});

test("over a socket: a client that goes away makes room, and the stream ends when the node stops", async () => {
  const served = await serve({ at: kickoff });
  const server = await listen({ fetch: served.fetch, host: "127.0.0.1", port: 0, logger: pino({ level: "silent" }) });
  onTestFinished(() => server.stop());
  const url = `http://127.0.0.1:${server.port}/api/changes`;
  const open = async () => {
    const end = new AbortController();
    const response = await fetch(url, { signal: end.signal });
    return { status: response.status, reader: response.body?.getReader(), end };
  };
  const clients = await Promise.all(Array.from({ length: strangersOfPlaceMax }, open));
  expect(new Set(clients.map(({ status }) => status))).toEqual(new Set([200]));
  expect((await open()).status).toBe(503);
  for (const { end } of clients) end.abort();
  const last = await until(async () => {
    const client = await open();
    return client.status === 200 ? client : null;
  });
  let heard = "";
  const whole = event("changed", 0, []) + condition("current");
  while (heard.length < whole.length) heard += new TextDecoder().decode((await last.reader?.read())?.value);
  expect(heard).toBe(whole);
  const rest = last.reader?.read();
  await server.stop();
  await expect(rest).rejects.toThrow("terminated");
});
