import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { eventTypes, schemas } from "../../src/events/catalogue.ts";
import { unchangedBy } from "../../src/events/unchanged.ts";
import type { EventType } from "../../src/match/event.ts";
import { at, samples } from "./samples.ts";

const cases = eventTypes.flatMap((type) => samples[type].map((data) => [type, data] as const));

/** As far as they come into a log: through JSON. */
function copyOf(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** What zod makes of a value, to the order of its keys; null when it refuses it. */
function verdict(type: EventType, value: unknown): string | null {
  const checked = schemas[type].safeParse(value);
  return checked.success ? JSON.stringify(checked.data) : null;
}

/** A value that some field of some event takes, and many that none does. */
const value = fc.oneof(
  fc.constantFrom(at, "predict", "finished", "live", "failed", null, true, false, 0, 1, -1, 1.5, -0, 1e300, "", "x"),
  fc.constantFrom("2025-02-30T00:00:00Z", "2025-08-15 18:30", "y".repeat(301), 2 ** 53, [], {}, [1], { a: 1 }),
  fc.jsonValue({ maxDepth: 2 }),
);

interface Change {
  how: "replace" | "remove" | "add" | "turn round" | "repeat";
  where: readonly number[];
  value: unknown;
}

const change: fc.Arbitrary<Change> = fc.record({
  how: fc.constantFrom("replace", "remove", "add", "turn round", "repeat"),
  where: fc.array(fc.nat(30), { minLength: 1, maxLength: 5 }),
  value,
});

/** Walks down as far as the path leads and changes what it finds there. */
function changed(data: unknown, { how, where, value }: Change): unknown {
  const root = copyOf(data) as Record<string, unknown>;
  let parent = root;
  let key = "";
  for (const step of where) {
    const child = key === "" ? root : parent[key];
    if (typeof child !== "object" || child === null || Object.keys(child).length === 0) break;
    parent = child as Record<string, unknown>;
    key = Object.keys(parent)[step % Object.keys(parent).length] ?? "";
  }
  if (how === "replace") parent[key] = value;
  else if (how === "remove") delete parent[key];
  else if (how === "add") Object.defineProperty(parent, "__proto__", { value, enumerable: true });
  else if (how === "repeat" && Array.isArray(parent)) parent.push(...parent, value);
  else {
    const turned = Object.entries(parent).toReversed();
    for (const name of Object.keys(parent)) delete parent[name];
    for (const [name, it] of turned) parent[name] = it;
  }
  return copyOf(root);
}

test.each(cases.filter(([type]) => type !== "operator.applied"))("says yes to a good %s", (type, data) => {
  expect(unchangedBy(schemas[type])(copyOf(data))).toBe(true);
});

test("whatever it says yes to, the schema gives back as it is", () => {
  let [yes, no] = [0, 0];
  fc.assert(
    fc.property(
      fc.constantFrom(...cases),
      fc.array(change, { minLength: 1, maxLength: 3 }),
      ([type, data], changes) => {
        const body = changes.reduce(changed, data as unknown);
        if (!unchangedBy(schemas[type])(body)) no++;
        else {
          yes++;
          expect(verdict(type, body)).toBe(JSON.stringify(body));
        }
      },
    ),
    { numRuns: 4000 },
  );
  // Else this has shown nothing.
  expect(yes).toBeGreaterThan(200);
  expect(no).toBeGreaterThan(200);
});

test("has no opinion on a schema it does not know", () => {
  const upper = z.string().transform((text) => text.toUpperCase());
  const strange = [upper, z.date(), z.string().email(), z.number().max(3), z.string().min(1)];
  for (const schema of [...strange, z.looseObject({}), z.strictObject({}), z.record(z.string(), z.number())]) {
    for (const value of ["a@b.de", 1, {}, { a: 1 }]) expect(unchangedBy(schema)(value)).toBe(false);
  }
});

test("leaves to a union what an earlier option might take and change", () => {
  const [less, more] = [z.object({ a: z.number() }), z.object({ a: z.number(), b: z.number() })];
  expect(unchangedBy(z.union([less, more]))({ a: 1, b: 2 })).toBe(false);
  expect(unchangedBy(z.union([more, less]))({ a: 1, b: 2 })).toBe(true);
  expect(unchangedBy(z.union([more, less]))({ a: 1 })).toBe(true);
});
