import { describe, expect, test } from "vitest";
import { pollActor } from "../../src/actors/poll.ts";
import type { Faults, MemoryServer } from "../../src/events/memory.ts";
import type { Category, NewEvent, PollKind, PollRemark, PollRequested } from "../../src/match/event.ts";
import { type Observation, type Source, SourceError, type SourcePage } from "../../src/sources/source.ts";
import { day, fixture, history, hour, kickoff, minute, second } from "../support/history.ts";
import { type ManualClock, manualClock, settled, testNode } from "../support/node.ts";
import { aborted, deliveredBefore } from "./stage-support.ts";

const now = kickoff - day;
const budgetMs = 10 * second;

const seen = (matchId: string, changes: Partial<Observation["fixture"]> = {}): Observation => {
  const { purpose: _, observedAt: __, changed: ___, ...plain } = fixture;
  return { matchId, fixture: { ...plain, ...changes }, result: null };
};

const page = (observations: Observation[], more: Partial<SourcePage> = {}): SourcePage => ({
  observations,
  rejected: [],
  quarantined: [],
  budget: null,
  exhausted: false,
  ...more,
});

type Answer = (signal: AbortSignal, asked: unknown) => Promise<SourcePage>;

/** A source that answers both kinds of poll as the test says. */
function sourceOf(answer: Answer): Source {
  return {
    name: "archive",
    competitions: [{ id: "pl", code: "PL", name: "Premier League" }],
    fixtures: (_competition, window, _now, signal) => answer(signal, window),
    results: (_competition, ids, _now, signal) => answer(signal, ids),
    lineups: () => Promise.resolve(null),
    firstKickoff: null,
  };
}

async function scene(options: { faults?: Faults; server?: MemoryServer; wall?: ManualClock } = {}) {
  const it = await testNode({ wall: manualClock(now), ...options });
  const { node } = it;
  return {
    ...it,
    /** Asks for a poll; the request's id. */
    async ask(kind: PollKind = "fixtures", source = "archive.pl") {
      const time = node.clock.now();
      const data: PollRequested = {
        kind,
        attempt: 1,
        reason: "due",
        budgetMs,
        window: { from: null, to: new Date(kickoff).toISOString() },
      };
      const request: NewEvent = {
        id: node.newId(time),
        type: "source.poll.requested",
        time,
        actor: "test",
        causationId: null,
        data,
      };
      const outcome = await node.log.append({ root: "source", id: source }, node.readModel.source(source).version, [
        request,
      ]);
      if (outcome.outcome !== "appended") throw new Error(outcome.outcome);
      await node.readModel.reached(outcome.sequence);
      await settled();
      return request.id;
    },
    polled: () => it.events("source.polled").map(({ data }) => data),
  };
}

describe("a good poll", () => {
  test("states what is new of each match, then that it polled", async () => {
    const it = await scene();
    it.run(
      pollActor([
        sourceOf(() =>
          Promise.resolve(
            page([seen("pl-2016-17-a-b"), seen("pl-2016-17-c-d")], { budget: { remaining: 9, resetAt: null } }),
          ),
        ),
      ]),
    );
    const request = await it.ask();
    expect(it.events().map(({ type, causationId, actor }) => [type, causationId, actor])).toEqual([
      ["source.poll.requested", null, "test"],
      ["match.scheduled", request, "pipeline:poll"],
      ["match.scheduled", request, "pipeline:poll"],
      ["source.polled", request, "pipeline:poll"],
    ]);
    expect(it.polled()).toEqual([
      {
        kind: "fixtures",
        window: { from: null, to: new Date(kickoff).toISOString() },
        ok: true,
        category: null,
        reason: null,
        retryAt: null,
        counts: { seen: 2, scheduled: 2, finished: 0, rejected: 0, quarantined: 0 },
        rejected: [],
        quarantined: [],
        budget: { remaining: 9, resetAt: null },
        exhausted: false,
      },
    ]);
    expect(it.node.readModel.match("pl-2016-17-c-d")?.fixture?.observedAt).toBe(now);
    expect(await it.node.log.pending()).toBe(0);
  });

  test("that shows nothing new states nothing but that it polled", async () => {
    const it = await scene();
    let observations = [seen("pl-2016-17-a-b"), seen("pl-2016-17-c-d")];
    it.run(pollActor([sourceOf(() => Promise.resolve(page(observations)))]));
    await it.ask();
    observations = [seen("pl-2016-17-a-b"), seen("pl-2016-17-c-d", { matchday: "22" })];
    await it.wall.advance(hour);
    await it.ask();
    expect(it.polled().map(({ counts }) => counts)).toMatchObject([
      { seen: 2, scheduled: 2 },
      { seen: 2, scheduled: 1 },
    ]);
    expect(it.events("match.scheduled").at(-1)?.data.changed).toEqual(["matchday"]);
  });

  test("for results asks about the matches that wait for one, and states their ends", async () => {
    const it = await scene({ wall: manualClock(kickoff + 2 * hour) });
    await it.write(history("pl-2016-17-a-b").scheduled());
    await it.write(history("pl-2016-17-c-d").scheduled({ kickoff: kickoff + hour }));
    const asked: unknown[] = [];
    const score = { regular: { home: 2, away: 1 }, extraTime: null, shootOut: null };
    const ended: Observation = { ...seen("pl-2016-17-a-b", { status: "finished" }), result: { score, how: "regular" } };
    it.run(pollActor([sourceOf((_, ids) => (asked.push(ids), Promise.resolve(page([ended]))))]));
    await it.ask("results");
    expect(asked).toEqual([["pl-2016-17-a-b"]]);
    expect(it.events("match.finished")).toMatchObject([{ data: { revision: 1, score } }]);
    expect(it.polled()).toMatchObject([{ kind: "results", counts: { seen: 1, finished: 1 } }]);
  });

  test("tells a rejection or quarantine once", async () => {
    const it = await scene();
    const remark = (code: string, match: string): PollRemark => ({ code, match, text: `${match} ${code}` });
    const pages = [
      page([], { rejected: [remark("x", "1"), remark("x", "2")], quarantined: [remark("q", "1")] }),
      page([], { rejected: [remark("x", "2"), remark("x", "3"), remark("y", "2")], quarantined: [remark("q", "1")] }),
    ];
    it.run(pollActor([sourceOf(() => Promise.resolve(pages.shift() ?? page([])))]));
    await it.ask();
    await it.ask();
    const [first, again] = it.polled();
    expect(first).toMatchObject({ counts: { rejected: 2, quarantined: 1 } });
    expect(again).toMatchObject({ counts: { rejected: 2, quarantined: 0 }, quarantined: [] });
    expect(again?.rejected.map(({ text }) => text)).toEqual(["3 x", "2 y"]);
  });

  test("tells 50 remarks at most, counts them all, and the others next time", async () => {
    const it = await scene();
    const rejected = Array.from({ length: 60 }, (_, i) => ({ code: "x", match: `${i}`, text: "" }));
    it.run(pollActor([sourceOf(() => Promise.resolve(page([], { rejected })))]));
    await it.ask();
    await it.ask();
    expect(it.polled().map((polled) => [polled.counts.rejected, polled.rejected.length])).toEqual([
      [60, 50],
      [10, 10],
    ]);
  });
});

describe("a failed poll", () => {
  const back = now + 20 * minute;
  test.for([
    ["transient", undefined, null],
    ["rate-limited", back, new Date(back).toISOString()],
    ["budget", back, new Date(back).toISOString()],
    ["permanent", undefined, null],
  ] as const satisfies [Category, number | undefined, string | null][])(
    "of category %s (back at %o) says so",
    async ([category, retryAt, told]) => {
      const it = await scene();
      const error = new SourceError(category, "no", retryAt === undefined ? {} : { retryAt });
      it.run(pollActor([sourceOf(() => Promise.reject(error))]));
      const request = await it.ask();
      expect(it.polled()).toMatchObject([
        { ok: false, category, reason: "no", retryAt: told, counts: { seen: 0 }, exhausted: false },
      ]);
      expect(it.node.readModel.source("archive.pl").polls.fixtures).toMatchObject({
        request: null,
        good: null,
        failure: { category },
      });
      expect(it.events("source.polled")[0]?.causationId).toBe(request);
      expect(await it.node.log.pending()).toBe(0);
    },
  );

  test("for want of quota leaves none to the provider's other competitions", async () => {
    const it = await scene();
    it.run(pollActor([sourceOf(() => Promise.reject(new SourceError("budget", "no", { retryAt: back })))]));
    await it.ask();
    expect(it.node.readModel.source("archive.pl").budget).toEqual({
      remaining: 0,
      resetAt: new Date(back).toISOString(),
    });
  });

  test("that nobody classified is a bug", async () => {
    const it = await scene();
    it.run(pollActor([sourceOf(() => Promise.reject(new TypeError("x".repeat(500))))]));
    await it.ask();
    expect(it.polled()).toMatchObject([{ category: "bug", reason: expect.stringMatching(/^TypeError: x{289}$/) }]);
  });

  test("with a match id that nothing can have is a bug, naming it", async () => {
    const it = await scene();
    it.run(pollActor([sourceOf(() => Promise.resolve(page([seen("PL.a b")])))]));
    await it.ask();
    expect(it.polled()).toMatchObject([{ category: "bug", reason: expect.stringContaining('"PL.a b"') }]);
  });

  test("at its budget is transient", async () => {
    const it = await scene();
    it.run(pollActor([sourceOf((signal) => aborted(signal))]));
    await it.ask();
    await it.wall.advance(budgetMs - 1);
    expect(it.polled()).toEqual([]);
    await it.wall.advance(1);
    expect(it.polled()).toMatchObject([{ category: "transient", reason: "no answer within 10 s" }]);
  });

  test("of a source that ignores its signal is left behind within a second", async () => {
    const it = await scene();
    it.run(pollActor([sourceOf(() => new Promise(() => {}))]));
    await it.ask();
    await it.wall.advance(budgetMs + second);
    expect(it.polled()).toMatchObject([{ category: "transient" }]);
    expect(await it.node.log.pending()).toBe(0);
  });
});

test("a request delivered 7 times before is not run again: it crashed its process", async () => {
  const it = await scene();
  const request = await it.ask();
  await deliveredBefore(it, "poll", 7);
  let ran = false;
  it.run(pollActor([sourceOf(() => ((ran = true), Promise.resolve(page([]))))]));
  await settled();
  expect(ran).toBe(false);
  expect(it.polled()).toMatchObject([{ ok: false, category: "crash", reason: "its process died 7 times with it" }]);
  expect(it.events("source.polled")[0]?.causationId).toBe(request);
});

describe("a request", () => {
  test("that a newer one replaced is acked unrun, as is one of a source that is not configured", async () => {
    const it = await scene();
    await it.ask();
    const newest = await it.ask();
    await it.ask("fixtures", "elsewhere.pl");
    it.run(pollActor([sourceOf(() => Promise.resolve(page([])))]));
    await settled();
    expect(it.events("source.polled").map(({ causationId }) => causationId)).toEqual([newest]);
    expect(await it.node.log.pending()).toBe(0);
  });

  test("that a drain interrupts is given back, and nothing is said", async () => {
    const it = await scene();
    const running = it.run(pollActor([sourceOf((signal) => aborted(signal))]));
    await it.ask();
    const drained = running.drain(AbortSignal.abort());
    await it.wall.advance(second);
    await drained;
    expect(it.polled()).toEqual([]);
    it.run(pollActor([sourceOf(() => Promise.resolve(page([])))]));
    await settled();
    expect(it.polled()).toMatchObject([{ ok: true }]);
  });

  test("whose node died between the facts and the poll's end adds only the end, on another node", async () => {
    const wall = manualClock(now);
    let appends = 0;
    // The request, the batch of facts; the third append is never answered.
    const faults: Faults = {
      pause: (point) => (point === "append:before" && ++appends === 3 ? new Promise(() => {}) : Promise.resolve()),
    };
    const dying = await scene({ wall, faults });
    const source = sourceOf(() => Promise.resolve(page([seen("pl-2016-17-a-b"), seen("pl-2016-17-c-d")])));
    dying.run(pollActor([source]));
    await dying.ask();
    expect(dying.events("match.scheduled")).toHaveLength(2);
    expect(dying.polled()).toEqual([]);

    const heir = await scene({ wall, server: dying.server });
    dying.server.redeliver("poll", null);
    heir.run(pollActor([source]));
    await settled();
    await wall.advance(minute);
    expect(heir.events("match.scheduled")).toHaveLength(2);
    expect(heir.polled()).toMatchObject([{ ok: true, counts: { seen: 2, scheduled: 0 } }]);
  });
});
