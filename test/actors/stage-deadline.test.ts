import { describe, expect, test } from "vitest";
import { Stopped } from "../../src/actors/errors.ts";
import { defaultPolicy } from "../../src/match/policy.ts";
import { history, hour, kickoff, minute, second } from "../support/history.ts";
import { settled } from "../support/node.ts";
import { aborted, analyseBy, analysed, askedToAnalyse, deliveredBefore } from "./stage-support.ts";

const policy = { ...defaultPolicy, budget: { ...defaultPolicy.budget, analyse: 50 } };
const start = kickoff - 6 * hour;

/** Notes why it was told to stop, and stops. */
function heedful(whys: unknown[]) {
  return analyseBy(async function* ({ signal }) {
    try {
      yield await aborted(signal);
    } catch (error) {
      whys.push(error instanceof Stopped ? error.why : error);
      throw error;
    }
  });
}

/** Never ends, whatever it is told. */
const deaf = () =>
  analyseBy(async function* () {
    yield await new Promise<never>(() => {});
  });

describe("at the budget", () => {
  test("the signal aborts, and the attempt is a transient failure", async () => {
    const it = await askedToAnalyse({ policy });
    const whys: unknown[] = [];
    it.run(heedful(whys));
    await it.wall.advance(49);
    expect(whys).toEqual([]);
    await it.wall.advance(1);
    expect(whys).toEqual(["budget"]);
    expect(it.events("match.failed")).toMatchObject([
      {
        time: start + 50,
        data: {
          category: "transient",
          reason: "no answer within its budget of 0.05 s",
          fingerprint: "budget:analyse",
          retryAt: new Date(start + 50 + 30 * second).toISOString(),
        },
      },
    ]);
    expect(await it.node.log.pending()).toBe(0);
  });

  test("it counts from the handler's start, not from the request", async () => {
    const it = await askedToAnalyse({ policy });
    await it.wall.advance(30 * second);
    it.run(heedful([]));
    await it.wall.advance(49);
    expect(it.events("match.failed")).toEqual([]);
    await it.wall.advance(1);
    expect(it.events("match.failed")).toHaveLength(1);
  });

  test("a handler that ignores its signal is left behind within a second", async () => {
    const it = await askedToAnalyse({ policy });
    it.run(deaf());
    await it.wall.advance(1050);
    expect(it.events("match.failed")).toMatchObject([{ data: { category: "transient" } }]);
    expect(it.events("match.failed")[0]?.time).toBeLessThanOrEqual(start + 1050);
    expect(await it.node.log.pending()).toBe(0);
  });

  test("what a told handler still yields at once is stated", async () => {
    const it = await askedToAnalyse({ policy });
    it.run(
      analyseBy(async function* ({ signal }) {
        await aborted(signal).catch(() => {});
        yield analysed;
      }),
    );
    await it.wall.advance(1050);
    expect(it.events("match.analysed", "match.failed").map(({ type }) => type)).toEqual(["match.analysed"]);
  });
});

describe("at the end of the request's life, a minute past its budget", () => {
  const life = policy.budget.analyse + policy.unansweredAfter;

  test("a delivery is acked unrun", async () => {
    const it = await askedToAnalyse({ policy });
    await it.wall.advance(life);
    let ran = false;
    it.run(analyseBy(() => ((ran = true), [analysed])));
    await settled();
    expect(ran).toBe(false);
    expect(await it.node.log.pending()).toBe(0);
    expect(it.events("match.analysed", "match.failed")).toEqual([]);
  });

  test("one that came just before is told to stop, and states nothing", async () => {
    const it = await askedToAnalyse({ policy });
    await it.wall.advance(life - 10);
    const whys: unknown[] = [];
    it.run(heedful(whys));
    await it.wall.advance(10);
    expect(whys).toEqual(["expired"]);
    expect(it.events("match.failed")).toEqual([]);
    expect(await it.node.log.pending()).toBe(0);
  });
});

describe("a match that moves on", () => {
  test("tells the handler to stop, and nothing is stated", async () => {
    const it = await askedToAnalyse();
    const whys: unknown[] = [];
    it.run(heedful(whys));
    await it.write(it.life.scheduled({ status: "cancelled" }));
    await settled();
    expect(whys).toEqual(["superseded"]);
    expect(it.events("match.failed")).toEqual([]);
    expect(await it.node.log.pending()).toBe(0);
  });

  test("into the same direction does not", async () => {
    const it = await askedToAnalyse();
    const whys: unknown[] = [];
    it.run(heedful(whys));
    await it.write(it.life.scheduled({ kickoff: kickoff + minute }));
    await settled();
    expect(whys).toEqual([]);
  });

  test("is looked at once for each commit about it, and never for another's", async () => {
    const it = await askedToAnalyse();
    it.run(heedful([]));
    await settled();
    let looks = 0;
    const { match } = it.node.readModel;
    it.node.readModel.match = (id) => (looks++, match(id));
    await it.write(history("pl-2016-17-c-d").scheduled().scheduled({ matchday: "22" }));
    await settled();
    expect(looks).toBe(1);
    await it.write(it.life.scheduled({ matchday: "22" }));
    await settled();
    expect(looks).toBe(3);
  });

  test("stops calls in flight also where only the append finds out", async () => {
    const it = await askedToAnalyse({ before: minute });
    const whys: unknown[] = [];
    it.run(
      analyseBy(async function* ({ signal }) {
        signal.addEventListener("abort", () => whys.push((signal.reason as Stopped).why));
        await new Promise<void>((resolve) => it.wall.after(minute, resolve));
        yield analysed;
      }),
    );
    await it.wall.advance(minute);
    expect(whys).toEqual(["superseded"]);
  });
});

describe("a drain", () => {
  test("lets running work end", async () => {
    const it = await askedToAnalyse();
    const running = it.run(
      analyseBy(async function* () {
        await new Promise<void>((resolve) => it.wall.after(second, resolve));
        yield analysed;
      }),
    );
    await settled();
    const drained = running.drain(new AbortController().signal);
    await it.wall.advance(second);
    expect(await drained).toEqual([]);
    expect(it.events("match.analysed")).toHaveLength(1);
    expect(await it.node.log.pending()).toBe(0);
  });

  test("that takes too long gives the delivery back, burns no attempt and says what it abandoned", async () => {
    const it = await askedToAnalyse();
    const whys: unknown[] = [];
    const running = it.run(heedful(whys));
    await settled();
    const limit = new AbortController();
    const drained = running.drain(limit.signal);
    await it.wall.advance(9 * second);
    limit.abort();
    expect(await drained).toEqual(["analyse: match.pl-2016-17-a-b.analysis.requested (sequence 2)"]);
    expect(whys).toEqual(["drain"]);
    expect(it.events("match.failed")).toEqual([]);

    it.run(analyseBy(() => [analysed]));
    await settled();
    expect(it.events("match.analysed")).toHaveLength(1);
  });

  test("leaves a deaf handler behind within a second", async () => {
    const it = await askedToAnalyse();
    const running = it.run(deaf());
    await settled();
    const drained = running.drain(AbortSignal.abort());
    await it.wall.advance(second);
    expect(await drained).toHaveLength(1);
    expect(running.held()).toBe(0);
    it.run(analyseBy(() => [analysed]));
    await settled();
    expect(it.events("match.analysed")).toHaveLength(1);
  });
});

test("nothing is left on the clock when a handler has ended", async () => {
  const it = await askedToAnalyse();
  const before = it.wall.timers;
  const running = it.run(analyseBy(() => [analysed]));
  await settled();
  await running.drain(AbortSignal.abort());
  expect(it.wall.timers).toBe(before);
});

test("a request delivered 7 times before is not run again: it crashed its process", async () => {
  const it = await askedToAnalyse();
  await deliveredBefore(it, "analyse", 7);
  let ran = false;
  it.run(analyseBy(() => ((ran = true), [analysed])));
  await settled();
  expect(ran).toBe(false);
  expect(it.events("match.failed")).toMatchObject([
    {
      data: {
        category: "crash",
        reason: "its process died 7 times with it",
        fingerprint: "crash:analyse",
        retryAt: null,
      },
    },
  ]);
  expect(await it.node.log.pending()).toBe(0);
});
