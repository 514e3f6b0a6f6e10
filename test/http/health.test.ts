import { describe, expect, test } from "vitest";
import type { NewEvent } from "../../src/match/event.ts";
import { type Health, healthSchema } from "../../src/http/health.ts";
import { day, history, hour, idOf, kickoff, minute, second } from "../support/history.ts";
import { type Served, serve } from "./support.ts";

async function health(served: Served, status = 200): Promise<Health> {
  const response = await served.ask("/api/health");
  expect(response.status).toBe(status);
  return healthSchema.parse(await response.json());
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

  test("is unhealthy while the disk of the log has no room", async () => {
    let full: string | null = "4.0 % free";
    const served = await serve({ at: kickoff - 2 * day, diskFull: () => full });
    expect((await health(served, 503)).reasons).toMatchObject([{ code: "disk-full", detail: "4.0 % free" }]);
    full = null;
    expect((await health(served)).status).toBe("ok");
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
