import { describe, expect, test } from "vitest";
import type { NewEvent } from "../../src/match/event.ts";
import { createMemoryServer, type MemoryServer } from "../../src/events/memory.ts";
import type { EventLog, LogMessage } from "../../src/events/log.ts";
import { type Health, healthSchema } from "../../src/http/health.ts";
import { manualClock, settled } from "../support/manual-clock.ts";
import { day, history, hour, idOf, kickoff, minute, second } from "../support/history.ts";
import { type Served, serve } from "./support.ts";

async function health(served: Served, status = 200): Promise<Health> {
  const response = await served.ask("/api/health");
  expect(response.status).toBe(status);
  return healthSchema.parse(await response.json());
}

type Follow = EventLog["follow"];

function following(server: MemoryServer, through: (follow: Follow) => Follow): MemoryServer {
  return {
    ...server,
    connect(faults) {
      const log = server.connect(faults);
      return { ...log, follow: through(log.follow) };
    },
  };
}

/** A log whose followers can be made to wait. */
function holding(server: MemoryServer): { server: MemoryServer; hold(): void; release(): void } {
  let gate = Promise.resolve();
  let open = () => {};
  return {
    hold: () => void (gate = new Promise((resolve) => (open = resolve))),
    release: () => open(),
    server: following(
      server,
      (follow) =>
        async function* (after, signal) {
          for await (const batch of follow(after, signal)) {
            await gate;
            yield batch;
          }
        },
    ),
  };
}

/** A log that holds a message which our code cannot fold. */
function poisoned(server: MemoryServer, subject: string): MemoryServer {
  const poison = (message: LogMessage): LogMessage =>
    message.subject === subject ? { ...message, event: { type: "match.scheduled", data: null } as never } : message;
  return following(
    server,
    (follow) =>
      async function* (after, signal) {
        for await (const batch of follow(after, signal)) yield batch.map(poison);
      },
  );
}

const source = { root: "source", id: "archive.pl" } as const;
const polls = new WeakMap<Served, number>();

/** A fixtures poll that went well at this instant. */
async function polled(served: Served, time: number, exhausted = false): Promise<void> {
  const window = { from: null, to: new Date(time).toISOString() };
  const version = polls.get(served) ?? 0;
  const [asked, answered] = [idOf(source.id, 2 * version + 1), idOf(source.id, 2 * version + 2)];
  const envelope = { time, actor: "pipeline:test" };
  const events: NewEvent[] = [
    {
      ...envelope,
      id: asked,
      type: "source.poll.requested",
      causationId: null,
      data: { kind: "fixtures", attempt: 1, reason: "due", budgetMs: 1000, window },
    },
    {
      ...envelope,
      id: answered,
      type: "source.polled",
      causationId: asked,
      data: {
        kind: "fixtures",
        window,
        ok: true,
        category: null,
        reason: null,
        retryAt: null,
        counts: { seen: 0, scheduled: 0, finished: 0, rejected: 0, quarantined: 0 },
        rejected: [],
        quarantined: [],
        budget: null,
        exhausted,
      },
    },
  ];
  const outcome = await served.node.log.append(source, version, events);
  if (outcome.outcome !== "appended") throw new Error(outcome.outcome);
  polls.set(served, outcome.sequence);
  await served.node.readModel.reached(outcome.sequence);
}

describe("GET /api/health", () => {
  test("is ok with an empty window, in exactly this shape", async () => {
    const served = await serve({ at: kickoff });
    const response = await served.ask("/api/health");
    expect(response.status).toBe(200);
    const now = new Date(kickoff).toISOString();
    expect(await response.json()).toEqual({
      status: "ok",
      coverage: {
        percent: 100,
        matches: 0,
        gaps: { critical: 0, warning: 0, info: 0 },
        window: { from: now, to: new Date(kickoff + 6 * hour).toISOString() },
        asOf: now,
        stale: false,
      },
      nats: { connected: true },
      projections: { lag: 0, sequence: 0 },
      reasons: [],
      checkedAt: now,
    });
  });

  test("is degraded below 90 % coverage, with the reason and since when", async () => {
    const served = await serve({ at: kickoff - hour });
    await served.write(history("pl-a-b").scheduled());
    const first = await health(served);
    expect(first).toMatchObject({
      status: "degraded",
      coverage: { percent: 0, matches: 1, gaps: { critical: 1, warning: 0, info: 0 } },
      projections: { lag: 0, sequence: 1 },
      reasons: [{ code: "coverage-low", since: new Date(kickoff - hour).toISOString() }],
    });
    served.jump(kickoff - 50 * minute);
    const later = await health(served);
    expect(later.reasons).toEqual(first.reasons);
    expect(later.checkedAt).toBe(new Date(kickoff - 50 * minute).toISOString());
  });

  test("keeps coverage for 60 s of either clock, and no longer", async () => {
    const served = await serve({ at: kickoff - 2 * day });
    const asOf = async () => Date.parse((await health(served)).coverage.asOf) - (kickoff - 2 * day);
    expect(await asOf()).toBe(0);
    served.jump(kickoff - 2 * day + minute);
    expect(await asOf()).toBe(0);
    served.jump(kickoff - 2 * day + minute + 1);
    expect(await asOf()).toBe(minute + 1);
    served.jump(kickoff - 2 * day + minute + 2);
    await served.wall.advance(minute);
    expect(await asOf()).toBe(minute + 1);
    await served.wall.advance(1);
    expect(await asOf()).toBe(minute + 2);
  });

  test("is degraded when the source was last polled well longer ago than twice its interval", async () => {
    const served = await serve({ at: kickoff });
    await polled(served, kickoff);
    served.jump(kickoff + 6 * hour);
    expect((await health(served)).status).toBe("ok");
    served.jump(kickoff + 6 * hour + second);
    expect(await health(served)).toMatchObject({
      status: "degraded",
      reasons: [
        {
          code: "source-stale",
          since: new Date(kickoff + 6 * hour).toISOString(),
          lastGoodPoll: new Date(kickoff).toISOString(),
        },
      ],
    });
  });

  test("an exhausted source is never stale", async () => {
    const served = await serve({ at: kickoff });
    await polled(served, kickoff, true);
    served.jump(kickoff + 30 * day);
    expect((await health(served)).reasons).toEqual([]);
  });

  test("a source nobody ever polled well has as long from the start of the node", async () => {
    const served = await serve({ at: kickoff });
    served.jump(kickoff + 6 * hour);
    expect((await health(served)).status).toBe("ok");
    served.jump(kickoff + 6 * hour + second);
    expect((await health(served)).reasons).toMatchObject([{ code: "source-stale", lastGoodPoll: null }]);
  });

  test("is unhealthy while NATS is away, and coverage is told all the same", async () => {
    const served = await serve({ at: kickoff - 2 * day });
    served.connect(false);
    const answer = await health(served, 503);
    expect(answer).toMatchObject({ status: "unhealthy", nats: { connected: false }, coverage: { percent: 100 } });
    expect(answer.reasons.map(({ code }) => code)).toEqual(["nats-unreachable"]);
    served.connect(true);
    expect((await health(served)).status).toBe("ok");
  });

  test.each([
    [4.9, "unhealthy", "disk-full", "the log's disk is 4.9 % free; nothing is appended below 5 %"],
    [5, "degraded", "log-storage", "the log's disk is 5.0 % free; appends stop below 5 %"],
    [9.9, "degraded", "log-storage", "the log's disk is 9.9 % free; appends stop below 5 %"],
  ])("with %d %% of the log's disk free is %s: %s", async (free, status, code, detail) => {
    let percent = free;
    const served = await serve({ at: kickoff - 2 * day, logDiskFreePercent: () => percent });
    const answer = await health(served, status === "unhealthy" ? 503 : 200);
    expect(answer).toMatchObject({ status, reasons: [{ code, detail }] });
    percent = 10;
    expect(await health(served)).toMatchObject({ status: "ok", reasons: [] });
  });

  test("is degraded while the read model is more than 1,000 events behind, and coverage is stale until it is not", async () => {
    const server = createMemoryServer({ clock: manualClock(kickoff) });
    const held = holding(server);
    const served = await serve({ at: kickoff - hour, server: held.server });
    await served.write(history("pl-a-b").scheduled());
    held.hold();
    for (let n = 0; n < 1000; n++) server.publish("match.pl-x-y.broken", "");
    await settled();
    await served.wall.advance(2 * second);
    expect((await health(served)).projections).toEqual({ lag: 1000, sequence: 1 });
    expect((await served.ask("/readyz")).status).toBe(200);
    server.publish("match.pl-x-y.broken", "");
    await served.wall.advance(2 * second);
    expect(await health(served)).toMatchObject({
      status: "degraded",
      coverage: { stale: true },
      reasons: [
        { code: "projection-lag", detail: "the read model is 1001 events behind the log" },
        { code: "coverage-low" },
      ],
    });
    expect((await served.ask("/readyz")).status).toBe(503);
    held.release();
    await served.node.readModel.reached(1002);
    expect(await health(served)).toMatchObject({ coverage: { stale: false }, projections: { lag: 0 } });
    expect((await served.ask("/readyz")).status).toBe(200);
  });

  test("is degraded when one event has waited for more than 30 s", async () => {
    const server = createMemoryServer({ clock: manualClock(kickoff) });
    const held = holding(server);
    const served = await serve({ at: kickoff - 2 * day, server: held.server });
    held.hold();
    server.publish("match.pl-x-y.broken", "");
    expect(await health(served)).toMatchObject({ status: "ok", projections: { lag: 1 } });
    await served.wall.advance(30 * second);
    expect((await health(served)).status).toBe("ok");
    await served.wall.advance(1);
    expect((await health(served)).reasons).toMatchObject([{ code: "projection-lag" }]);
    held.release();
    await served.node.readModel.reached(1);
    expect((await health(served)).status).toBe("ok");
  });

  test("is unhealthy while the read model is stalled, and says nothing of the match it halted at", async () => {
    const server = createMemoryServer({ clock: manualClock(kickoff) });
    const served = await serve({ at: kickoff - 2 * day, server: poisoned(server, "match.pl-a-b.scheduled") });
    server.publish("match.pl-a-b.scheduled", "");
    await settled();
    const answer = await health(served, 503);
    expect(answer).toMatchObject({
      status: "unhealthy",
      coverage: { stale: true },
      reasons: [
        {
          code: "projection-stalled",
          detail: "the read model goes no further than sequence 0: the node's log tells why",
        },
      ],
    });
    const ready = await (await served.ask("/readyz")).text();
    for (const text of [JSON.stringify(answer), ready]) expect(text).not.toMatch(/pl-a-b|\/|Error|TypeError/);
  });

  test("recomputes coverage once a minute, however many ask", async () => {
    const served = await serve({ at: kickoff - hour });
    await served.write(history("pl-a-b").scheduled());
    let computed = 0;
    const { surveyCoverage } = served.node.readModel;
    served.node.readModel.surveyCoverage = (now, policy) => {
      computed++;
      return surveyCoverage(now, policy);
    };
    const askMany = async () => {
      for (let tenth = 0; tenth < 10; tenth++) {
        const answers = await Promise.all(Array.from({ length: 100 }, () => health(served)));
        expect(new Set(answers.map((answer) => answer.coverage.asOf)).size).toBe(1);
        expect(answers.every((answer) => !answer.coverage.stale)).toBe(true);
        await served.wall.advance(second);
      }
    };
    await askMany();
    expect(computed).toBe(1);
    await served.ask("/metrics");
    expect(computed).toBe(1);
    await served.wall.advance(minute);
    await askMany();
    expect(computed).toBe(2);
  });

  test("figures made while NATS was away are made anew once it is back, not called fresh", async () => {
    const served = await serve({ at: kickoff - hour });
    served.connect(false);
    expect((await health(served, 503)).coverage).toMatchObject({ matches: 0, stale: true });
    await served.write(history("pl-a-b").scheduled());
    expect((await health(served, 503)).coverage).toMatchObject({ matches: 0, stale: true });
    served.connect(true);
    expect((await health(served)).coverage).toMatchObject({ matches: 1, stale: false });
  });

  test.each([
    [0, 100, "ok"],
    [1, 90, "ok"],
    [2, 80, "degraded"],
    [10, 0, "degraded"],
  ])("of 10 matches %d given up: %d %%, %s", async (givenUp, percent, status) => {
    const served = await serve({ at: kickoff - 3 * hour });
    for (let n = 0; n < 10; n++) {
      const life = history(`pl-${n}`)
        .scheduled()
        .at(kickoff - 6 * hour)
        .requested("analyse");
      const isDone = n >= givenUp;
      await served.write(isDone ? life.analysed() : life.failed("analyse", { category: "permanent" }));
    }
    expect(await health(served)).toMatchObject({ status, coverage: { percent, matches: 10 } });
  });

  test.each([
    ["1 ms", 1, "critical"],
    ["1 h 59 min 59 s", 2 * hour - second, "critical"],
    ["2 h", 2 * hour, "warning"],
    ["3 h 59 min", 4 * hour - minute, "warning"],
    ["4 h", 4 * hour, "info"],
  ] as const)("a gap %s before kick-off is %s", async (_, before, severity) => {
    const served = await serve({ at: kickoff - before });
    await served.write(history("pl-a-b").scheduled());
    const { gaps } = (await health(served)).coverage;
    expect(gaps).toEqual({ critical: 0, warning: 0, info: 0, [severity]: 1 });
  });

  test("is degraded while the node's clock is off", async () => {
    let skew: string | null = "3.0 s ahead of the log's";
    const served = await serve({ at: kickoff - 2 * day, clockSkew: () => skew });
    const answer = await health(served);
    expect(answer).toMatchObject({ status: "degraded", reasons: [{ code: "clock-skew", detail: skew }] });
    skew = null;
    expect((await health(served)).status).toBe("ok");
  });

  test("is a problem when no read model can answer", async () => {
    const served = await serve({ at: kickoff });
    await served.node.readModel.stop();
    const response = await served.ask("/api/health");
    expect(response.status).toBe(503);
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({ type: "about:blank", title: "Service Unavailable", status: 503 });
    expect((await served.ask("/readyz")).status).toBe(503);
    expect((await served.ask("/livez")).status).toBe(200);
    await served.ask("/metrics");
    const told = () => served.logged.filter(({ msg }) => msg === "the read model cannot answer");
    expect(told()).toHaveLength(1);
    await served.wall.advance(minute);
    await served.ask("/api/health");
    expect(told()).toHaveLength(2);
  });
});

test("GET /readyz follows NATS, GET /livez nothing", async () => {
  const served = await serve({ at: kickoff });
  expect((await served.ask("/readyz")).status).toBe(200);
  served.connect(false);
  const response = await served.ask("/readyz");
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ detail: "NATS does not answer" });
  expect((await served.ask("/livez")).status).toBe(200);
});
