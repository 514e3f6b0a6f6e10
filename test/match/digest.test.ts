import fc from "fast-check";
import { expect, test } from "vitest";
import { digest } from "../../src/match/digest.ts";

test.each([
  ["", "cbf29ce484222325"],
  ["a", "af63dc4c8601ec8c"],
  ["foobar", "85944171f73967e8"],
])("of %j, as the draft has it", (text, wanted) => {
  expect(digest(text)).toBe(wanted);
});

test("of any text it is FNV-1a over 64 bits", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      let hash = 0xcbf2_9ce4_8422_2325n;
      for (let at = 0; at < text.length; at++)
        hash = BigInt.asUintN(64, (hash ^ BigInt(text.charCodeAt(at))) * 0x100_0000_01b3n);
      expect(digest(text)).toBe(hash.toString(16).padStart(16, "0"));
    }),
  );
});
