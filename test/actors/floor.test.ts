import fc from "fast-check";
import { expect, test } from "vitest";
import { createFloor } from "../../src/actors/floor.ts";
import { settled } from "../support/manual-clock.ts";

/** Someone who enters, stays for so many turns of the event loop, and leaves, perhaps by throwing. */
const visitor = fc.record({ alone: fc.boolean(), turns: fc.nat(3), throws: fc.boolean(), after: fc.nat(2) });

test("never two are inside when one is alone, and all come in the order they came", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(visitor, { maxLength: 12 }), async (visitors) => {
      const floor = createFloor();
      const inside = new Set<number>();
      const entered: number[] = [];
      const visits: Promise<unknown>[] = [];
      for (const [index, { alone, turns, throws, after }] of visitors.entries()) {
        for (let turn = 0; turn < after; turn++) await settled();
        const visit = floor.enter(alone, async () => {
          inside.add(index);
          entered.push(index);
          const lonely = () => inside.size === 1 || ![...inside].some((each) => visitors[each]?.alone);
          expect(lonely()).toBe(true);
          for (let turn = 0; turn < turns; turn++) {
            await settled();
            expect(lonely()).toBe(true);
          }
          inside.delete(index);
          if (throws) throw new RangeError(`visitor ${index}`);
          return index;
        });
        visits.push(
          visit.catch((error: unknown) =>
            error instanceof RangeError ? error.message : Promise.reject(error as Error),
          ),
        );
      }
      const left = await Promise.all(visits);
      expect(left).toEqual(visitors.map(({ throws }, index) => (throws ? `visitor ${index}` : index)));
      expect(entered).toEqual(visitors.map((_, index) => index));
    }),
    { numRuns: 100 },
  );
});

test("those who may be together are together", async () => {
  const floor = createFloor();
  let inside = 0;
  let most = 0;
  const visit = () =>
    floor.enter(false, async () => {
      most = Math.max(most, ++inside);
      await settled();
      inside--;
    });
  await Promise.all([visit(), visit(), visit()]);
  expect(most).toBe(3);
});

test("work that throws at once leaves too", async () => {
  const floor = createFloor();
  const thrown = floor.enter(true, () => {
    throw new RangeError("at once");
  });
  await expect(thrown).rejects.toThrow("at once");
  expect(await floor.enter(true, () => Promise.resolve("next"))).toBe("next");
});
