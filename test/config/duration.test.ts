import fc from "fast-check";
import { expect, test } from "vitest";
import { formatDuration, parseDuration } from "../../src/config/duration.ts";

test("what is formatted parses to the same number of milliseconds", () => {
  fc.assert(
    fc.property(fc.nat(Number.MAX_SAFE_INTEGER), (ms) => {
      expect(parseDuration(formatDuration(ms))).toBe(ms);
    }),
  );
});

test("the largest unit that is exact is written", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), fc.constantFrom("ms", "s", "m", "h", "d"), (count, unit) => {
      const ms = parseDuration(`${count}${unit}`) ?? 0;
      expect(formatDuration(ms).length).toBeLessThanOrEqual(`${count}${unit}`.length);
    }),
  );
});

test.for([
  ["250ms", 250],
  ["90s", 90_000],
  ["30m", 1_800_000],
  ["6h", 21_600_000],
  ["7d", 604_800_000],
  ["0s", 0],
  [" 5m ", 300_000],
] as const)("%s is %i ms", ([text, ms]) => {
  expect(parseDuration(text)).toBe(ms);
});

test.for(["", "5", "s", "1.5h", "-5s", "5 s", "5S", "1h30m", "1w", "99999999999999999999d"])(
  "%o is no duration",
  (text) => {
    expect(parseDuration(text)).toBeNull();
  },
);

test.for([
  [0, "0s"],
  [1, "1ms"],
  [1500, "1500ms"],
  [5_400_000, "90m"],
  [172_800_000, "2d"],
] as const)("%i ms is written %s", ([ms, text]) => {
  expect(formatDuration(ms)).toBe(text);
});
