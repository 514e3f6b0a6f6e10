import { expect, test } from "vitest";
import { leagues } from "../../src/sources/competitions.ts";
import { kickoffOf } from "../../src/sources/live.ts";

const bundesliga = leagues.find(({ id }) => id === "bl1");

test.each([
  ["settled: as told", "2025-09-13T18:30:00Z", true, "2025-09-13T18:30:00.000Z"],
  ["midnight says nothing: the league's earliest", "2025-09-13T00:00:00Z", false, "2025-09-13T11:30:00.000Z"],
  [
    "another placeholder that is later: the league's earliest",
    "2025-09-13T15:00:00Z",
    false,
    "2025-09-13T11:30:00.000Z",
  ],
  ["another that is earlier: as told", "2025-09-13T10:00:00Z", false, "2025-09-13T10:00:00.000Z"],
])("%s", (_, told, isSettled, kickoff) => {
  if (bundesliga === undefined) throw new Error("the registry lacks the Bundesliga");
  expect(kickoffOf(bundesliga, told, isSettled)).toEqual({ kickoff: Date.parse(kickoff), timeAssumed: !isSettled });
});
