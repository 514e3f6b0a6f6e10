import { pino } from "pino";
import { describe, expect, onTestFinished, test } from "vitest";
import { alertActor } from "../../src/actors/alert.ts";
import { createFloor } from "../../src/actors/floor.ts";
import { notifyActor } from "../../src/actors/notify.ts";
import type { Clock } from "../../src/clock.ts";
import { createBell } from "../../src/events/bell.ts";
import { createMemoryServer, type MemoryServer } from "../../src/events/memory.ts";
import { ackWaitMs } from "../../src/events/provision.ts";
import { day, type History, history, hour, kickoff, minute, second } from "../support/history.ts";
import { type ManualClock, manualClock, manualSimulatedClock } from "../support/manual-clock.ts";
import { type TestNode, testNode } from "../support/node.ts";
import { isSigned, type Receiver, startReceiver } from "../support/receiver.ts";
import { until } from "../support/until.ts";
import { deliveredBefore, gate } from "./stage-support.ts";

const secret = "0123456789abcdef";
const now = kickoff - 90 * minute;

/** A clock whose pauses the test sees: heartbeats and the time-out of a post left out. */
function watched(wall: ManualClock) {
  const pauses: number[] = [];
  const bell = createBell();
  const clock: Clock = {
    ...wall,
    after(ms, run) {
      if (ms !== ackWaitMs / 3 && ms !== 10_000) {
        pauses.push(ms);
        bell.ring();
      }
      return wall.after(ms, run);
    },
  };
  return {
    clock,
    pauses,
    async paused(count: number) {
      while (pauses.length < count) await bell.heard();
      return pauses;
    },
  };
}

interface Line {
  level: number;
  msg: string;
  match?: string;
  reason?: string;
}

async function receiverOfTest(): Promise<Receiver> {
  const receiver = await startReceiver();
  onTestFinished(() => receiver.down());
  return receiver;
}

async function scene(options: { server?: MemoryServer; simulated?: boolean; wall?: ManualClock } = {}) {
  const wall = options.wall ?? manualClock(now);
  const seen = watched(wall);
  const it = await testNode({ wall, ...(options.server ? { server: options.server } : {}) });
  it.node.clock = options.simulated === true ? manualSimulatedClock(wall) : seen.clock;
  const lines: Line[] = [];
  it.node.logger = pino({ level: "info" }, { write: (text: string) => void lines.push(JSON.parse(text) as Line) });
  return { ...it, ...seen, lines };
}

/** A match whose analysis is missing, critically, and nothing else of it is wrong. */
const critical = (home: string) => {
  const life = history(`pl-2016-17-${home}-z`, now - day)
    .scheduled({ kickoff })
    .at(now);
  life.dispatch((it) => it.kind === "gap-raised");
  return life;
};

const healed = (life: History) => {
  life.requested("analyse").analysed();
  life.dispatch((it) => it.kind === "gap-resolved");
  return life;
};

const told = ({ posts }: Receiver) => posts.map(({ alert }) => `${alert.match.id.split("-")[3]} ${alert.type}`);

const untilTold = async (it: TestNode, receiver: Receiver, count: number) => {
  await receiver.posted(count);
  await until(() => (it.server.unacknowledged("notify").length === 0 ? true : null));
};

describe("an alert", () => {
  test("is posted in the order of the log, signed, once each", async () => {
    const receiver = await receiverOfTest();
    const it = await scene();
    it.run(notifyActor({ url: receiver.url, secret }));
    const [a, b] = [critical("a"), critical("b")];
    await it.write(a);
    await it.write(b);
    await it.write(healed(a));
    await untilTold(it, receiver, 3);
    expect(told(receiver)).toEqual(["a gap.raised", "b gap.raised", "a gap.resolved"]);
    expect(receiver.posts.every((post) => isSigned(post, secret))).toBe(true);
    expect(receiver.posts[0]?.headers["fulltime-signature"]).toMatch(`t=${now / 1000},`);
    expect(receiver.posts[0]?.headers["content-type"]).toBe("application/json");
  });

  test("is not posted again when the log delivers it again", async () => {
    const receiver = await receiverOfTest();
    const it = await scene();
    const open = gate();
    receiver.answer = () => open.passed.then(() => ({ status: 200 }));
    it.run(notifyActor({ url: receiver.url, secret }));
    await it.write(critical("a"));
    await receiver.posted(1);
    it.server.redeliver("notify", null);
    open.open();
    await it.write(critical("b"));
    await untilTold(it, receiver, 2);
    expect(told(receiver)).toEqual(["a gap.raised", "b gap.raised"]);
  });

  test("of a consumer that was removed is not posted again, and later ones are", async () => {
    const receiver = await receiverOfTest();
    const server = createMemoryServer({ clock: manualClock(now) });
    const first = await scene({ server });
    const running = first.run(notifyActor({ url: receiver.url, secret }));
    const a = critical("a");
    await first.write(a);
    await untilTold(first, receiver, 1);
    await running.drain(AbortSignal.abort());
    server.removeConsumer("notify");
    const second = await scene({ server });
    second.run(notifyActor({ url: receiver.url, secret }));
    await second.write(critical("b"));
    await untilTold(second, receiver, 2);
    await second.node.log.append({ root: "match", id: a.id }, a.match.version, healed(a).events.slice(-3));
    await untilTold(second, receiver, 3);
    expect(told(receiver)).toEqual(["a gap.raised", "b gap.raised", "a gap.resolved"]);
  });

  test("without a receiver, or on a simulated clock, goes to nobody, then or later", async () => {
    const receiver = await receiverOfTest();
    const it = await scene({ simulated: true });
    const [none, simulated] = [notifyActor(null), notifyActor({ url: receiver.url, secret })];
    for (const [actor, home] of [
      [none, "a"],
      [simulated, "b"],
    ] as const) {
      const { passed: handled, open: onHandled } = gate();
      const running = it.run(actor, createFloor(), onHandled);
      await it.write(critical(home));
      await handled;
      await running.drain(AbortSignal.abort());
    }
    expect(receiver.posts).toEqual([]);
  });
});

describe("a receiver that does not take it", () => {
  test("is asked again after 1, 2, 4 .. 60 s, and gets all of it in order, under the same ids", async () => {
    const receiver = await receiverOfTest();
    const it = await scene();
    receiver.answer = (_, n) => ({ status: n < 8 ? 503 : 200 });
    it.run(notifyActor({ url: receiver.url, secret }));
    for (const home of ["a", "b", "c"]) await it.write(critical(home));
    for (let time = 1; time <= 8; time++) {
      await it.paused(time);
      await it.wall.advance(it.pauses.at(-1) ?? 0);
    }
    await untilTold(it, receiver, 11);
    expect(it.pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60].map((s) => s * second));
    expect(told(receiver)).toEqual([
      ...Array.from({ length: 9 }, () => "a gap.raised"),
      "b gap.raised",
      "c gap.raised",
    ]);
    expect(new Set(receiver.posts.map(({ body }) => body)).size).toBe(3);
    expect(receiver.posts.every((post) => isSigned(post, secret))).toBe(true);
    expect(new Set(receiver.posts.map(({ headers }) => headers["fulltime-signature"])).size).toBeGreaterThan(3);
    // Said once, not with every try.
    expect(it.lines.map(({ msg }) => msg)).toEqual([
      "an alert could not be sent, trying on",
      "an alert was sent after all",
    ]);
  });

  test("may name the pause, but none beyond five minutes", async () => {
    const receiver = await receiverOfTest();
    const it = await scene();
    const asks = ["120", "86400", new Date(now + 481 * second).toUTCString(), "-1", "soon", "0"];
    receiver.answer = (_, n) =>
      n < asks.length ? { status: 429, headers: { "retry-after": asks[n] ?? "" } } : { status: 200 };
    it.run(notifyActor({ url: receiver.url, secret }));
    await it.write(critical("a"));
    for (let time = 1; time <= asks.length; time++) {
      await it.paused(time);
      await it.wall.advance(it.pauses.at(-1) ?? 0);
    }
    await untilTold(it, receiver, asks.length + 1);
    expect(it.pauses).toEqual([120, 300, 61, 8, 16, 32].map((s) => s * second));
  });

  test("refuses for good: said once, and the next one is posted; nor is the end of what it refused", async () => {
    const receiver = await receiverOfTest();
    const it = await scene();
    receiver.answer = ({ alert }) => ({ status: alert.match.id.includes("-a-") ? 422 : 200 });
    it.run(notifyActor({ url: receiver.url, secret }));
    const [a, b] = [critical("a"), critical("b")];
    for (const life of [a, b]) await it.write(life);
    await it.write(healed(a));
    await it.write(healed(b));
    await untilTold(it, receiver, 3);
    expect(told(receiver)).toEqual(["a gap.raised", "b gap.raised", "b gap.resolved"]);
    expect(it.lines).toMatchObject([
      { level: 50, msg: "the receiver refuses an alert: it is not sent again", match: a.id, reason: "HTTP 422" },
    ]);
    expect(it.pauses).toEqual([]);
  });

  test("redirects: that is followed nowhere, with a secret's signature least of all", async () => {
    const receiver = await receiverOfTest();
    const elsewhere = await receiverOfTest();
    const it = await scene();
    receiver.answer = (_, n) => (n === 0 ? { status: 307, headers: { location: elsewhere.url } } : { status: 200 });
    it.run(notifyActor({ url: receiver.url, secret }));
    await it.write(critical("a"));
    await it.paused(1);
    await it.wall.advance(second);
    await untilTold(it, receiver, 2);
    expect(elsewhere.posts).toEqual([]);
  });

  test("hangs: the post ends after 10 s and is tried again", async () => {
    const receiver = await receiverOfTest();
    const it = await scene();
    receiver.answer = (_, n) => (n === 0 ? new Promise(() => {}) : { status: 200 });
    it.run(notifyActor({ url: receiver.url, secret }));
    await it.write(critical("a"));
    await receiver.posted(1);
    await it.wall.advance(10 * second);
    await it.paused(1);
    await it.wall.advance(second);
    await untilTold(it, receiver, 2);
    expect(it.lines[0]).toMatchObject({ reason: "no answer within 10 s" });
  });

  test("is away: its address and our secret stay out of the log", async () => {
    const receiver = await receiverOfTest();
    const it = await scene();
    await receiver.down();
    it.run(notifyActor({ url: `${receiver.url}/canary-path?token=canary`, secret }));
    await it.write(critical("a"));
    await it.paused(1);
    expect(it.lines).toMatchObject([{ level: 40, reason: "no answer: ECONNREFUSED" }]);
    expect(JSON.stringify(it.lines)).not.toMatch(new RegExp(`canary|${secret}`));
  });

  test("for more than a day: what is older is given up, and the log says so", async () => {
    const receiver = await receiverOfTest();
    const it = await scene({ wall: manualClock(now + day - minute) });
    receiver.answer = () => ({ status: 429, headers: { "retry-after": "61" } });
    it.run(notifyActor({ url: receiver.url, secret }));
    const a = critical("a");
    await it.write(a);
    await it.paused(1);
    await it.wall.advance(61 * second);
    await until(() => (it.server.unacknowledged("notify").length === 0 ? true : null));
    expect(it.lines.at(-1)).toMatchObject({ level: 50, msg: "an alert is too old to be sent", match: a.id });
  });
});

describe("while one alert waits for its receiver", () => {
  const waiting = async () => {
    const receiver = await receiverOfTest();
    const it = await scene();
    receiver.answer = () => ({ status: 500 });
    const running = it.run(notifyActor({ url: receiver.url, secret }));
    const life = critical("a");
    await it.write(life);
    await it.paused(1);
    return { receiver, it, running, life };
  };

  test("it is kept alive, and no other node gets it or a later one", async () => {
    const { receiver, it } = await waiting();
    const elsewhere = await receiverOfTest();
    const other = await scene({ server: it.server, wall: it.wall });
    other.run(notifyActor({ url: elsewhere.url, secret }));
    await it.write(critical("b"));
    await it.wall.advance(5 * ackWaitMs);
    expect(elsewhere.posts).toEqual([]);
    expect(new Set(told(receiver))).toEqual(new Set(["a gap.raised"]));
  });

  test("a drain gives it back at once; the next start posts it first, however often that happened", async () => {
    const { receiver, it, running, life } = await waiting();
    await it.write(critical("b"));
    expect(await running.drain(new AbortController().signal)).toEqual([]);
    await deliveredBefore(it, "notify", 10);
    receiver.answer = () => ({ status: 200 });
    it.run(notifyActor({ url: receiver.url, secret }));
    await untilTold(it, receiver, 3);
    expect(told(receiver)).toEqual(["a gap.raised", "a gap.raised", "b gap.raised"]);
    expect(receiver.posts[0]?.alert.id).toBe(life.last.id);
  });

  test("whoever must run alone in this node does not wait for it", async () => {
    const { it } = await waiting();
    const floor = createFloor();
    const receiver = await receiverOfTest();
    receiver.answer = () => ({ status: 500 });
    const other = await scene({ wall: it.wall });
    other.run(notifyActor({ url: receiver.url, secret }), floor);
    await other.write(critical("c"));
    await other.paused(1);
    expect(await floor.enter(true, () => Promise.resolve("alone"))).toBe("alone");
  });

  test("the node's own log has a line for each gap all the same, one", async () => {
    const { it } = await waiting();
    it.run(alertActor());
    await it.write(critical("b"));
    const c = critical("c");
    await it.write(c);
    await it.write(healed(c));
    await until(() => (it.server.unacknowledged("alert").length === 0 && it.lines.length >= 5 ? true : null));
    expect(it.lines.filter(({ msg }) => msg === "a match has a gap")).toMatchObject(
      ["a", "b", "c"].map((home) => ({
        level: 50,
        match: `pl-2016-17-${home}-z`,
        severity: "critical",
        stage: "analyse",
      })),
    );
    expect(it.lines.filter(({ msg }) => msg === "a gap is closed")).toMatchObject([{ level: 30, match: c.id }]);
  });
});

test("nobody is told of a gap that is no critical one", async () => {
  const receiver = await receiverOfTest();
  const it = await scene({ wall: manualClock(kickoff - 5 * hour) });
  it.run(notifyActor({ url: receiver.url, secret }));
  const life = history("pl-2016-17-a-z", kickoff - day)
    .scheduled({ kickoff })
    .at(kickoff - 5 * hour);
  life.dispatch((due) => due.kind === "gap-raised");
  await it.write(life);
  await it.write(healed(life));
  expect(life.match.gap).toBeNull();
  await it.wall.advance(4 * hour);
  await it.write(critical("b"));
  await untilTold(it, receiver, 1);
  expect(told(receiver)).toEqual(["b gap.raised"]);
});
