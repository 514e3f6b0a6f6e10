import { expect, test } from "vitest";
import { failedAttempt, reasonLengthMax, retryDelay } from "../../src/match/attempts.ts";
import { categories, type Category } from "../../src/match/event.ts";
import { defaultPolicy } from "../../src/match/policy.ts";
import { hour, minute, second } from "../support/history.ts";

const now = Date.parse("2017-01-14T10:00:00.000Z");
const fail = (category: Category, attempt: number, retryAt?: number) => {
  const data = failedAttempt(
    { stage: "predict", round: 1, attempt },
    { category, reason: "why", retryAt },
    now,
    defaultPolicy,
  );
  return data.retryAt === null ? null : Date.parse(data.retryAt) - now;
};

test.each(["transient", "bug", "no-predictions"] as const)(
  "%s is tried again after 30, 60, 120, 240 s, then given up",
  (category) => {
    expect([1, 2, 3, 4, 5, 6].map((attempt) => fail(category, attempt))).toEqual([
      30 * second,
      minute,
      2 * minute,
      4 * minute,
      null,
      null,
    ]);
  },
);

test.each(["permanent", "crash", "missed"] as const)("%s ends at once", (category) =>
  expect(fail(category, 1)).toBeNull(),
);

test("waiting burns no attempt: it is tried again however often", () => {
  expect(fail("no-data-yet", 99)).toBe(5 * minute);
  expect(fail("rate-limited", 99, now + 17 * second)).toBe(17 * second);
  expect(fail("budget", 99)).toBe(hour);
});

test.each([now, now - hour])("a source that says to come back at once is still given a moment (%i)", (retryAt) => {
  expect(fail("rate-limited", 1, retryAt)).toBe(30 * second);
});

test("past the table the last delay stands, and an empty table waits as long as between sweeps", () => {
  expect(retryDelay(9, defaultPolicy)).toBe(4 * minute);
  expect(retryDelay(1, { ...defaultPolicy, retryDelays: [] })).toBe(5 * minute);
});

test("a failure says what happened, cut to length, with a fingerprint", () => {
  const asked = { stage: "analyse", round: 2, attempt: 3 } as const;
  const data = failedAttempt(asked, { category: "bug", reason: "x".repeat(999), fingerprint: "f" }, now, defaultPolicy);
  expect(data).toMatchObject({ ...asked, of: 5, category: "bug", fingerprint: "f" });
  expect(data.reason).toHaveLength(reasonLengthMax);
  for (const category of categories) {
    expect(failedAttempt(asked, { category, reason: "" }, now, defaultPolicy).fingerprint).toBe(`${category}:analyse`);
  }
});
