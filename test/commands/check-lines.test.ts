import { expect, test } from "vitest";
import { followedLines, missingOf } from "../../scripts/commands/source/check-lines.ts";
import type { Followed } from "../../scripts/commands/source/examine.ts";

const told: Followed = {
  id: "bl1",
  code: "BL1",
  name: "Bundesliga",
  matches: 306,
  finished: 9,
  lineups: null,
  rejected: [],
  quarantined: [],
  sample: null,
  failed: null,
};

test("nothing is missing where all was told, or a match was rejected", () => {
  const rejected = [{ code: "unknown-status", match: "1", text: "ODD is none we know" }];
  expect(missingOf({ followed: [told, { ...told, rejected }] })).toEqual([]);
});

test("a season that is refused is missing, and named beside what the other has", () => {
  const rejected = [{ code: "season-refused", match: "bl1-2026-27", text: "HTTP 404" }];
  expect(missingOf({ followed: [told, { ...told, rejected }] })).toEqual(["bl1-2026-27: HTTP 404"]);
  expect(followedLines({ ...told, rejected })).toContain("306 matches, 9 finished");
});

test("line-ups that are refused take nothing from the matches", () => {
  const failed = { what: "line-ups", category: "permanent", text: "HTTP 403" } as const;
  expect(missingOf({ followed: [{ ...told, failed }] })).toEqual(["bl1 line-ups: HTTP 403"]);
  expect(followedLines({ ...told, failed })).toMatch(/306 matches.*no line-ups.*: HTTP 403/s);
});
