import fc from "fast-check";
import { expect, test } from "vitest";
import { createEventIds } from "../../src/match/event-ids.ts";

const digits = Array.from("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
/** ULIDs that often share all but a digit, and texts that are none. */
const id = fc.oneof(
  fc.tuple(fc.constantFrom(...digits), fc.nat({ max: 25 })).map(([digit, at]) => {
    const text = Array.from("01ARZ3NDEKTSV4RRFFQ69G5FAV");
    text[at] = digit;
    return text.join("");
  }),
  fc.string({ unit: fc.constantFrom(...digits), minLength: 26, maxLength: 26 }),
  fc.string({ maxLength: 30 }),
);

test("it knows what a Map knows", () => {
  fc.assert(
    fc.property(fc.array(id, { maxLength: 1500, size: "max" }), (ids) => {
      const [known, map] = [createEventIds(), new Map<string, number>()];
      for (const [i, each] of ids.entries()) {
        expect(known.sequenceOf(each)).toBe(map.get(each));
        if (map.has(each)) continue;
        known.add(each, i + 1);
        map.set(each, i + 1);
      }
      for (const [each, sequence] of map) expect(known.sequenceOf(each)).toBe(sequence);
    }),
    { numRuns: 15 },
  );
});

test("a text of 26 that is no ULID is another id than the one it resembles", () => {
  const ids = createEventIds();
  ids.add("01ARZ3NDEKTSV4RRFFQ69G5FAV", 1);
  for (const other of ["01arz3ndektsv4rrffq69g5fav", "01ARZ3NDEKTSV4RRFFQ69G5FAU", "01ARZ3NDEKTSV4RRFFQ69G5FA\u0156"])
    expect(ids.sequenceOf(other)).toBeUndefined();
});
