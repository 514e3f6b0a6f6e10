import { describe, expect, test } from "vitest";
import { StageError } from "../../src/actors/errors.ts";
import type { Category } from "../../src/match/event.ts";
import { history, hour, kickoff, minute, second } from "../support/history.ts";
import { manualSimulatedClock } from "../support/manual-clock.ts";
import { settled } from "../support/node.ts";
import { aborted, analyseBy, analysed, askedToAnalyse, gate } from "./stage-support.ts";

describe("a fact that a handler yields", () => {
  test("is appended as the answer to its request, and the delivery is acked", async () => {
    const it = await askedToAnalyse();
    it.run(analyseBy(() => [analysed]));
    await settled();
    expect(it.events("match.analysed")).toEqual([
      expect.objectContaining({
        ...analysed,
        time: kickoff - 6 * hour,
        actor: "pipeline:analyse",
        causationId: it.request.id,
      }),
    ]);
    expect(await it.node.log.pending()).toBe(0);
  });

  test("is part of the match that the handler sees next", async () => {
    const it = await askedToAnalyse();
    const seen: boolean[] = [];
    it.run(
      analyseBy(function* ({ match }) {
        seen.push(match().analysis !== null);
        yield { ...analysed, paid: true };
        seen.push(match().analysis !== null);
      }),
    );
    await settled();
    expect(seen).toEqual([false, true]);
  });

  test("is stated once, though its request is delivered again", async () => {
    const it = await askedToAnalyse();
    let runs = 0;
    it.run(analyseBy(() => (runs++, [analysed])));
    await settled();
    const { body, subject } = it.server.messages.at(1) ?? { body: "", subject: "" };
    it.server.publish(subject, body);
    await settled();
    expect(runs).toBe(1);
    expect(it.events("match.analysed")).toHaveLength(1);
    expect(await it.node.log.pending()).toBe(0);
  });

  test("is dropped once the match no longer waits for it", async () => {
    const it = await askedToAnalyse();
    const { passed, open } = gate();
    it.run(
      analyseBy(async function* () {
        await passed;
        yield analysed;
      }),
    );
    await settled();
    await it.write(it.life.scheduled({ status: "cancelled" }));
    open();
    await settled();
    expect(it.events("match.analysed", "match.failed")).toEqual([]);
    expect(await it.node.log.pending()).toBe(0);
  });

  test("is dropped when kick-off has passed meanwhile", async () => {
    const it = await askedToAnalyse({ before: minute });
    const { passed, open } = gate();
    it.run(
      analyseBy(async function* () {
        await passed;
        yield analysed;
      }),
    );
    await it.wall.advance(minute);
    open();
    await settled();
    expect(it.events("match.analysed", "match.failed")).toEqual([]);
    expect(await it.node.log.pending()).toBe(0);
  });
});

describe("a request", () => {
  test("that is no longer the current one is acked unrun", async () => {
    const it = await askedToAnalyse();
    await it.write(it.life.requested("analyse"));
    const ran: string[] = [];
    it.run(analyseBy(({ request }) => (ran.push(request.id), [])));
    await settled();
    expect(ran).toEqual([it.life.last.id]);
    expect(await it.node.log.pending()).toBe(0);
  });

  test("of a match that nobody knows is acked unrun", async () => {
    const it = await askedToAnalyse();
    await it.write(history("pl-2016-17-x-y").requested("analyse"));
    const ran: string[] = [];
    it.run(analyseBy(({ match }) => (ran.push(match().id), [analysed])));
    await settled();
    expect(ran).toEqual([it.life.id]);
    expect(await it.node.log.pending()).toBe(0);
  });

  test("whose message is no request is acked", async () => {
    const it = await askedToAnalyse();
    it.server.publish("match.pl-2016-17-x-y.analysis.requested", "?");
    it.run(analyseBy(() => [analysed]));
    await settled();
    expect(await it.node.log.pending()).toBe(0);
  });

  test("waits until the read model has come to it", async () => {
    const it = await askedToAnalyse();
    const ran: number[] = [];
    it.run(analyseBy(({ node }) => (ran.push(node.readModel.sequence()), [])));
    const sequence = await it.write(it.life.scheduled({ kickoff: kickoff + hour }).requested("analyse"));
    await settled();
    expect(ran.at(-1)).toBeGreaterThanOrEqual(sequence);
  });
});

describe("a failed attempt", () => {
  test("that nobody classified is a bug with a fingerprint, tried again after 30 s", async () => {
    const it = await askedToAnalyse();
    it.run(
      analyseBy(() => {
        throw new TypeError("cannot read x");
      }),
    );
    await settled();
    expect(it.events("match.failed")).toEqual([
      expect.objectContaining({
        actor: "pipeline:analyse",
        causationId: it.request.id,
        data: {
          stage: "analyse",
          round: 1,
          attempt: 1,
          of: 5,
          category: "bug",
          reason: "TypeError: cannot read x",
          fingerprint: expect.stringMatching(/^bug:[0-9a-f]{12}$/),
          retryAt: new Date(kickoff - 6 * hour + 30 * second).toISOString(),
        },
      }),
    ]);
    expect(await it.node.log.pending()).toBe(0);
  });

  const now = kickoff - 6 * hour;
  test.for([
    ["transient", undefined, now + 30 * second],
    ["rate-limited", now + 7 * minute, now + 7 * minute],
    ["rate-limited", undefined, now + hour],
    ["budget", now + 3 * hour, now + 3 * hour],
    ["no-data-yet", undefined, now + 5 * minute],
    ["permanent", undefined, null],
    ["no-predictions", undefined, now + 30 * second],
  ] as const satisfies [Category, number | undefined, number | null][])(
    "of category %s (back at %o)",
    async ([category, retryAt, again]) => {
      const it = await askedToAnalyse();
      it.run(
        analyseBy(() => {
          throw new StageError(category, "no", { retryAt });
        }),
      );
      await settled();
      const failed = it.events("match.failed").map(({ data }) => data);
      expect(failed).toEqual([
        expect.objectContaining({
          category,
          reason: "no",
          fingerprint: `${category}:analyse`,
          retryAt: again === null ? null : new Date(again).toISOString(),
        }),
      ]);
    },
  );

  test("after a fact that ended the stage says nothing", async () => {
    const it = await askedToAnalyse();
    it.run(
      analyseBy(function* () {
        yield { ...analysed, paid: true };
        throw new Error("too late to matter");
      }),
    );
    await settled();
    expect(it.events("match.failed")).toEqual([]);
  });

  test("for a fact that the log will never take is a bug", async () => {
    const it = await askedToAnalyse();
    const teams = Array.from({ length: 5000 }, (_, i) => ({
      position: i + 1,
      team: "t".repeat(50),
      played: 0,
      won: 0,
      drawn: 0,
      lost: 0,
      goalsFor: 0,
      goalsAgainst: 0,
      points: 0,
    }));
    it.run(analyseBy(() => [{ ...analysed, data: { ...analysed.data, table: teams } } as typeof analysed]));
    await settled();
    expect(it.events("match.failed")).toMatchObject([
      { data: { category: "bug", reason: expect.stringContaining("the log refuses match.analysed") } },
    ]);
  });
});

describe("under a simulated clock", () => {
  test("a rate limit passes on the wall", async () => {
    const it = await askedToAnalyse({ clock: manualSimulatedClock });
    const retryAt = it.node.clock.now() + minute;
    it.run(
      analyseBy(() => {
        throw new StageError("rate-limited", "slow down", { retryAt });
      }),
    );
    await it.wall.advance(minute - 1);
    expect(it.events("match.failed")).toEqual([]);
    await it.wall.advance(1);
    expect(it.events("match.failed")).toMatchObject([
      { data: { category: "rate-limited", retryAt: new Date(retryAt).toISOString() } },
    ]);
  });

  test("a budget passes on the wall, and no request is too old", async () => {
    const it = await askedToAnalyse({ clock: manualSimulatedClock });
    await it.wall.advance(hour);
    it.run(
      analyseBy(async function* ({ signal }) {
        yield await aborted(signal);
      }),
    );
    await it.wall.advance(5 * minute - 1);
    expect(it.events("match.failed")).toEqual([]);
    await it.wall.advance(1);
    expect(it.events("match.failed")).toMatchObject([{ data: { category: "transient" } }]);
  });
});
