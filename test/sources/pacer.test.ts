import * as fc from "fast-check";
import { expect, test } from "vitest";
import { createPacer } from "../../src/sources/pacer.ts";
import { SourceError } from "../../src/sources/source.ts";
import { manualClock } from "../support/manual-clock.ts";

const minute = 60_000;
const { signal } = new AbortController();

test("no window ever has more starts than allowed, however they are asked for", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 12 }),
      fc.array(fc.record({ pause: fc.integer({ min: 0, max: 20_000 }), asks: fc.integer({ min: 1, max: 8 }) }), {
        minLength: 1,
        maxLength: 20,
      }),
      async (perWindow, bursts) => {
        const clock = manualClock(0);
        const pacer = createPacer({ perWindow, clock, windowMs: minute, waitMaxMs: Number.MAX_SAFE_INTEGER });
        const starts: number[] = [];
        const asked: Promise<unknown>[] = [];
        for (const { pause, asks } of bursts) {
          await clock.advance(pause);
          for (let i = 0; i < asks; i++)
            asked.push(pacer.turn("it", new AbortController().signal).then(() => starts.push(clock.elapsed())));
        }
        await clock.advance(asked.length * minute + minute);
        await Promise.all(asked);
        for (const start of starts)
          expect(starts.filter((at) => at >= start && at < start + minute).length).toBeLessThanOrEqual(perWindow);
        expect(clock.timers).toBe(0);
      },
    ),
    { numRuns: 100 },
  );
});

test("nobody waits who need not, and nobody longer than its patience", async () => {
  const clock = manualClock(1_000_000);
  const pacer = createPacer({ perWindow: 2, clock, windowMs: minute, waitMaxMs: 30_000 });
  await pacer.turn("it", signal);
  await clock.advance(40_000);
  await pacer.turn("it", signal);
  let third = false;
  const waiting = pacer.turn("it", signal).then(() => (third = true));
  await clock.advance(19_999);
  expect(third).toBe(false);
  // The next one's turn is 40 s later: that is for its asker to wait for, by its own clock.
  const refused: unknown = await pacer.turn("it", signal).catch((it: unknown) => it);
  expect(refused).toMatchObject({ category: "rate-limited", retryAt: 1_000_000 + 100_000 });
  expect(refused).toBeInstanceOf(SourceError);
  await clock.advance(1);
  await waiting;
  expect(third).toBe(true);
});

test("a hold stops those that wait already, spaces them as ever, and gives up what it holds too long", async () => {
  const clock = manualClock(0);
  const pacer = createPacer({ perWindow: 1, clock, windowMs: 10_000, waitMaxMs: 30_000 });
  await pacer.turn("it", signal);
  const went: number[] = [];
  const waiting = [1, 2].map(() => pacer.turn("it", signal).then(() => went.push(clock.elapsed())));
  pacer.hold(25_000);
  await clock.advance(40_000);
  await Promise.all(waiting);
  expect(went).toEqual([25_000, 35_000]);
  const another = pacer.turn("it", signal);
  pacer.hold(10 * minute);
  await Promise.all([expect(another).rejects.toMatchObject({ category: "rate-limited" }), clock.advance(minute)]);
});

test("whoever waits may stop waiting", async () => {
  const clock = manualClock(0);
  const pacer = createPacer({ perWindow: 1, clock, windowMs: 10_000 });
  await pacer.turn("it", signal);
  const stop = new AbortController();
  const waiting = pacer.turn("it", stop.signal);
  const why = new Error("drain");
  stop.abort(why);
  await expect(waiting).rejects.toBe(why);
  expect(clock.timers).toBe(0);
});
