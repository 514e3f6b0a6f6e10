import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { LogUnavailable } from "../../src/events/errors.ts";
import type { Delivery, EventLog, LogMessage } from "../../src/events/log.ts";
import type { Durable } from "../../src/events/provision.ts";
import { dismissed, gapRaised, match, requested, sequenceOf, take } from "./sample.ts";

/** One log of a kind; `fresh` empties it, `open` gives a handle of one more node. */
export interface LogHarness {
  fresh(): Promise<void>;
  open(): Promise<EventLog>;
  /** Stores what a stranger publishes; its sequence. */
  publish(subject: string, body: string): Promise<number>;
  /** Makes this consumer's ack wait short enough to be waited for. */
  shortenAckWait(durable: Durable): Promise<void>;
  /** What its server knows of this consumer. */
  consumer(durable: Durable): Promise<object>;
  stop(): Promise<void>;
}

/** What every EventLog does, whatever is behind it. */
export function describeLog(kind: string, start: () => Promise<LogHarness>): void {
  describe(`the log (${kind})`, () => {
    let harness: LogHarness;
    let log: EventLog;
    let other: EventLog;
    let end: AbortController;

    beforeAll(async () => {
      harness = await start();
    });
    afterAll(() => harness.stop());
    beforeEach(async () => {
      await harness.fresh();
      [log, other] = [await harness.open(), await harness.open()];
      end = new AbortController();
    });
    afterEach(async () => {
      end.abort();
      await Promise.all([log.close(), other.close()]);
    });

    describe("append", () => {
      it("stores an event at the version it was decided on", async () => {
        expect(await log.append(match("a"), 0, [requested(1)])).toEqual({ outcome: "appended", sequence: 1 });
        expect(await log.append(match("b"), 0, [requested(1)])).toEqual({ outcome: "appended", sequence: 2 });
        expect(await log.append(match("a"), 1, [requested(2)])).toEqual({ outcome: "appended", sequence: 3 });
        expect((await log.history(match("a"))).map(({ sequence }) => sequence)).toEqual([1, 3]);
        expect(await log.last()).toBe(3);
      });

      it("is refused when the entity has moved, and stores nothing", async () => {
        await log.append(match("a"), 0, [requested(1)]);
        const version = await sequenceOf(log.append(match("a"), 1, [dismissed("another type")]));
        expect(await other.append(match("a"), 1, [requested(2)])).toEqual({ outcome: "conflict", version });
        expect(await other.append(match("a"), 99, [requested(2)])).toEqual({ outcome: "conflict", version });
        expect(await log.last()).toBe(2);
      });

      it("stores all events of one append contiguously, or none", async () => {
        expect(await log.append(match("a"), 0, [requested(1), dismissed("b"), requested(2)])).toEqual({
          outcome: "appended",
          sequence: 3,
        });
        expect(await log.append(match("a"), 1, [requested(3), requested(4)])).toEqual({
          outcome: "conflict",
          version: 3,
        });
        expect(await log.last()).toBe(3);
      });

      it("lets one of 50 writers win, whichever node they are on", async () => {
        const outcomes = await Promise.all(
          Array.from({ length: 50 }, (_, i) => (i % 2 ? log : other).append(match("a"), 0, [requested(i + 1)])),
        );
        expect(outcomes.filter(({ outcome }) => outcome === "appended")).toEqual([
          { outcome: "appended", sequence: 1 },
        ]);
        expect(outcomes.filter(({ outcome }) => outcome === "conflict")).toEqual(
          Array.from({ length: 49 }, () => ({ outcome: "conflict", version: 1 })),
        );
        expect(await log.history(match("a"))).toHaveLength(1);
      });

      it("commits the unmoved matches of a group whose others moved", async () => {
        const moved = new Set([3, 17, 250]);
        for (const i of moved) await other.append(match(`m-${i}`), 0, [requested(1)]);
        const outcomes = await Promise.all(
          Array.from({ length: 300 }, (_, i) => log.append(match(`m-${i}`), 0, [requested(1), dismissed("x")])),
        );
        outcomes.forEach((outcome, i) => {
          expect(outcome.outcome, `m-${i}`).toBe(moved.has(i) ? "conflict" : "appended");
        });
        expect(await log.last()).toBe(3 + 297 * 2);
        for (const [i, outcome] of outcomes.entries()) {
          const life = await log.history(match(`m-${i}`));
          expect(life.at(-1)?.sequence).toBe(
            "sequence" in outcome ? outcome.sequence : outcome.outcome === "conflict" && outcome.version,
          );
        }
      });

      it("queues a second append to one entity behind the first", async () => {
        const first = log.append(match("a"), 0, [requested(1)]);
        const second = log.append(match("a"), 1, [requested(2)]);
        expect([await first, await second]).toEqual([
          { outcome: "appended", sequence: 1 },
          { outcome: "appended", sequence: 2 },
        ]);
      });

      it("refuses for good what no message or batch can hold, and its neighbours do not suffer", async () => {
        const [huge, neighbour, many] = await Promise.all([
          log.append(match("a"), 0, [dismissed("x".repeat(300_000))]),
          log.append(match("b"), 0, [requested(1)]),
          log.append(
            match("c"),
            0,
            Array.from({ length: 1001 }, () => requested(1)),
          ),
        ]);
        expect(huge).toMatchObject({ outcome: "refused", category: "permanent" });
        expect(many).toMatchObject({ outcome: "refused", category: "permanent" });
        expect(neighbour).toEqual({ outcome: "appended", sequence: 1 });
      });

      it("rejects a malformed event, an impossible match id and an empty append: bugs of the writer", async () => {
        const broken = { ...requested(1), data: { stage: "analyse" } } as never;
        await expect(log.append(match("a"), 0, [broken])).rejects.toThrow(/malformed/);
        await expect(log.append(match("A.b"), 0, [requested(1)])).rejects.toThrow(/"A.b"/);
        await expect(log.append(match("_"), 0, [requested(1)])).rejects.toThrow(/request.rejected/);
        await expect(log.append(match("a"), 0, [])).rejects.toThrow(/without events/);
        expect(await log.last()).toBe(0);
      });

      it("rejects what is still waiting when the log is closed, and everything after", async () => {
        await log.close();
        await expect(log.append(match("a"), 0, [requested(1)])).rejects.toBeInstanceOf(LogUnavailable);
        await expect(log.last()).rejects.toBeInstanceOf(LogUnavailable);
        expect(log.connected()).toBe(false);
        await log.close();
      });
    });

    describe("reading", () => {
      it("gives back what was written", async () => {
        const written = requested(7);
        await log.append(match("a"), 0, [written]);
        const message = await log.read(1);
        expect(message?.event).toEqual({ ...written, sequence: 1 });
        expect(message).toMatchObject({
          sequence: 1,
          subject: "match.a.analysis.requested",
          entity: match("a"),
          undecodable: null,
        });
        expect(JSON.parse(new TextDecoder().decode(message?.body))).toMatchObject({
          specversion: "1.0",
          id: written.id,
          subject: "a",
        });
        expect(Math.abs((message?.storedAt ?? 0) - Date.now())).toBeLessThan(60_000);
        expect(await log.read(2)).toBeNull();
      });

      it("reads the history of one entity after a sequence, and of no other", async () => {
        let version = 0;
        for (let i = 1; i <= 5; i++) {
          version = await sequenceOf(log.append(match("a"), version, [requested(i)]));
          await log.append(match("a-b"), i === 1 ? 0 : version - 1, [requested(i)]);
          version = (await log.history(match("a"))).at(-1)?.sequence ?? 0;
        }
        expect((await other.history(match("a"))).map(({ event }) => event?.data)).toMatchObject(
          [1, 2, 3, 4, 5].map((round) => ({ round })),
        );
        expect((await other.history(match("a"), 5)).map(({ sequence }) => sequence)).toEqual([7, 9]);
        expect(await log.history(match("nobody-knows"))).toEqual([]);
        expect(await log.history(match("a"), 1000)).toEqual([]);
      });

      it("reads a history longer than one batch", async () => {
        await log.append(
          match("a"),
          0,
          Array.from({ length: 1000 }, () => requested(1)),
        );
        await log.append(
          match("a"),
          1000,
          Array.from({ length: 700 }, () => requested(2)),
        );
        expect((await log.history(match("a"))).map(({ sequence }) => sequence)).toEqual(
          Array.from({ length: 1700 }, (_, i) => i + 1),
        );
      });

      it("counts undecodable bodies as versions and skips the letter box", async () => {
        await log.append(match("a"), 0, [requested(1)]);
        const broken = await harness.publish("match.a.finished", "not json");
        const unknown = await harness.publish("match.a.something.new", "{}");
        expect(await log.append(match("a"), 1, [requested(2)])).toEqual({ outcome: "conflict", version: unknown });
        expect(
          (await log.history(match("a"), 1)).map(({ sequence, undecodable }) => [sequence, undecodable?.code]),
        ).toEqual([
          [broken, "not-json"],
          [unknown, "not-an-event"],
        ]);
        const letter = await harness.publish("match.retro.requested", '{"matchId":"a"}');
        expect(await log.read(letter)).toMatchObject({ entity: null, event: null, undecodable: { code: "letter" } });
        expect(await log.append(match("a"), unknown, [requested(2)])).toMatchObject({ outcome: "appended" });
      });

      it("files rejections of letters about nobody", async () => {
        const { event } = await import("./sample.ts");
        const rejected = event("match.request.rejected", {
          request: "?",
          letter: 1,
          reasons: [{ code: "unknown", text: "no such match" }],
        });
        expect(await log.append(match("_"), 0, [rejected])).toMatchObject({ outcome: "appended" });
        expect((await log.history(match("_")))[0]?.event).toMatchObject({ type: "match.request.rejected" });
      });
    });

    describe("follow", () => {
      it.each([0, 1, 1500, 2998])("gives every message after %i once, in order, then what comes", async (after) => {
        for (let i = 0; i < 3; i++) {
          await log.append(
            match(`m-${i}`),
            0,
            Array.from({ length: 1000 }, () => requested(1)),
          );
        }
        const seen: number[] = [];
        let live = false;
        for await (const batch of other.follow(after, end.signal)) {
          expect(batch.length).toBeGreaterThan(0);
          seen.push(...batch.map(({ sequence }) => sequence));
          if (seen.at(-1) === 3000 && !live) {
            live = true;
            await log.append(match("late"), 0, [requested(1), requested(2)]);
          }
          if (seen.at(-1) === 3002) end.abort();
        }
        expect(seen).toEqual(Array.from({ length: 3002 - after }, (_, i) => after + i + 1));
      });

      it("waits on an empty log and ends when aborted", async () => {
        const iterator = log.follow(0, end.signal)[Symbol.asyncIterator]();
        const first = iterator.next();
        await log.append(match("a"), 0, [requested(1)]);
        expect((await first).value).toHaveLength(1);
        const second = iterator.next();
        end.abort();
        expect((await second).done).toBe(true);
      });

      it("ends at once when aborted before it begins, and with LogUnavailable when the log is closed", async () => {
        expect((await log.follow(0, AbortSignal.abort())[Symbol.asyncIterator]().next()).done).toBe(true);
        const waiting = log.follow(0, end.signal)[Symbol.asyncIterator]().next();
        await log.close();
        await expect(waiting).rejects.toBeInstanceOf(LogUnavailable);
      });
    });

    describe("consume", () => {
      const consume = (from: EventLog, held = 10) =>
        from.consume({ durable: "analyse", held, signal: end.signal })[Symbol.asyncIterator]();

      it("delivers what its filter takes, once acknowledged never again", async () => {
        await log.append(match("a"), 0, [requested(1), dismissed("not for analyse")]);
        const deliveries = consume(log);
        const first = await take(deliveries);
        expect(first).toMatchObject({
          deliveries: 1,
          message: { sequence: 1, event: { type: "match.analysis.requested" } },
        });
        expect(await log.pending()).toBe(1);
        await Promise.all([first.ack(), first.ack()]);
        expect(await log.pending()).toBe(0);
        await log.append(match("a"), 2, [requested(2)]);
        expect(await log.pending()).toBe(1);
        const second = await take(deliveries);
        expect(second.message.sequence).toBe(3);
        await second.ack();
        expect(await log.pending()).toBe(0);
      });

      it("shares deliveries between nodes", async () => {
        await log.append(match("a"), 0, [requested(1), requested(2), requested(3), requested(4)]);
        const [mine, theirs] = [consume(log, 2), consume(other, 2)];
        const all = await Promise.all([take(mine), take(theirs), take(mine), take(theirs)]);
        expect(all.map(({ message }) => message.sequence).sort((a, b) => a - b)).toEqual([1, 2, 3, 4]);
        await Promise.all(all.map((delivery) => delivery.ack()));
        expect(await log.pending()).toBe(0);
      });

      it("acknowledges many at once, each of them", async () => {
        const events = Array.from({ length: 40 }, (_, at) => requested(at + 1));
        await log.append(match("a"), 0, events);
        const deliveries = consume(log, 40);
        const all: Delivery[] = [];
        while (all.length < events.length) all.push(await take(deliveries));
        const [first, ...rest] = all.map((delivery) => delivery.ack());
        await first;
        expect(await log.pending()).toBeLessThan(events.length);
        await Promise.all(rest);
        expect(await log.pending()).toBe(0);
      });

      it("holds no more than it may", async () => {
        await log.append(match("a"), 0, [requested(1), requested(2), requested(3)]);
        const deliveries = consume(log, 2);
        const [first] = [await take(deliveries), await take(deliveries)];
        let third: number | null = null;
        const next = take(deliveries).then((delivery) => {
          third = delivery.message.sequence;
        });
        await log.pending();
        expect(third).toBeNull();
        await first?.ack();
        await next;
        expect(third).toBe(3);
      });

      it("counts deliveries of what was released", async () => {
        await log.append(match("a"), 0, [requested(1)]);
        const deliveries = consume(log);
        for (let n = 1; n <= 4; n++) {
          const delivery = await take(deliveries);
          expect([delivery.message.sequence, delivery.deliveries]).toEqual([1, n]);
          if (n < 4) delivery.release();
          else await delivery.ack();
        }
        expect(await log.pending()).toBe(0);
      });

      // It has hung once, in a hundred runs of the whole suite, on a machine that nobody could look at: the next time it tells
      // what the server holds, and one such time does not hold up everything else.
      it("delivers again after the ack wait, unless the work goes on", { timeout: 60_000, retry: 1 }, async () => {
        await harness.shortenAckWait("analyse");
        await log.append(match("a"), 0, [requested(1), requested(2)]);
        const deliveries = consume(log);
        const [kept, dropped] = [await take(deliveries), await take(deliveries)];
        const alive = setInterval(() => kept.working(), 50);
        let counted = 1;
        const tooLong = setTimeout(async () => console.warn(counted, await harness.consumer("analyse")), 25_000);
        try {
          for (let times = 0; times < 2; times++) {
            const again = await take(deliveries);
            expect(again.message.sequence).toBe(dropped.message.sequence);
            // One that comes again before a busy process has seen the last is not handed out, but the server has counted it.
            expect(again.deliveries).toBeGreaterThan(counted);
            counted = again.deliveries;
          }
          await kept.ack();
        } finally {
          clearInterval(alive);
          clearTimeout(tooLong);
        }
      });

      it("gives back what nobody looked at when it is aborted", async () => {
        await log.append(match("a"), 0, [requested(1), requested(2), requested(3)]);
        const mine = consume(log);
        const first = await take(mine);
        end.abort();
        expect((await mine.next()).done).toBe(true);
        end = new AbortController();
        const theirs = consume(other);
        expect(
          [(await take(theirs)).message.sequence, (await take(theirs)).message.sequence].sort((a, b) => a - b),
        ).toEqual([2, 3]);
        // Held when it was aborted: still good for its ack.
        await first.ack();
        expect(await log.pending()).toBe(2);
      });

      it("gives out one alert at a time over all nodes, what was released before any later one", async () => {
        const raise = (id: string) => sequenceOf(log.append(match(id), 0, [gapRaised()]));
        const sequences = [await raise("a"), await raise("b"), await raise("c"), await raise("d")];
        const given: number[] = [];
        let out = 0;
        let mostOut = 0;
        await Promise.all(
          [log, other].map(async (node) => {
            for await (const delivery of node.consume({ durable: "notify", held: 2, signal: end.signal })) {
              given.push(delivery.message.sequence);
              mostOut = Math.max(mostOut, ++out);
              // A round trip, in which another would have come.
              await node.last();
              out--;
              if (delivery.deliveries === 1 && delivery.message.sequence !== sequences[3]) delivery.release();
              else await delivery.ack();
              if (given.length === 7) end.abort();
            }
          }),
        );
        const [a, b, c, d] = sequences;
        expect(given).toEqual([a, a, b, b, c, c, d]);
        expect(mostOut).toBe(1);
      });

      it("puts letters before the intake", async () => {
        const letter = await harness.publish("match.retro.requested", "by hand");
        await log.append(match("a"), 0, [requested(1)]);
        const intake = log.consume({ durable: "intake", held: 1, signal: end.signal })[Symbol.asyncIterator]();
        const delivery = await take(intake);
        expect(delivery.message).toMatchObject({
          sequence: letter,
          undecodable: { code: "letter" } satisfies Partial<LogMessage["undecodable"]>,
        });
        await delivery.ack();
      });

      it("refuses an unknown consumer and an impossible bound", async () => {
        const of = (durable: string, held: number) =>
          log.consume({ durable, held, signal: end.signal })[Symbol.asyncIterator]().next();
        await expect(of("nobody", 1)).rejects.toThrow(/"nobody"/);
        await expect(of("poll", 0)).rejects.toThrow(/held is 0/);
      });
    });

    it("says whether it answers", () => {
      expect(log.connected()).toBe(true);
      expect(log.identity).toBe(other.identity);
    });
  });
}
