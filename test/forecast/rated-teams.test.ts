import { expect, test } from "vitest";
import { RatedTeams } from "../../src/forecast/rated-teams.ts";

test("a team carries its rating from match to match, less of it into the next season, and starts anew when promoted", () => {
  const teams = new RatedTeams<number>({
    unknown: 0,
    promoted: (remembered) => (remembered === undefined ? -1 : -2),
    carriedOver: (rating) => rating / 2,
  });
  expect(teams.of("one", "a")).toBe(0);
  teams.learn("one", ["a", 8], ["gone", 6]);
  expect([teams.of("one", "a"), teams.of("one", "b")]).toEqual([8, 0]);

  // Asked before it begins, the next season is what its first match will find; asking changes nothing.
  expect([teams.of("two", "a"), teams.of("two", "new"), teams.of("one", "a")]).toEqual([4, -1, 8]);
  teams.learn("two", ["a", teams.of("two", "a")], ["new", 5]);
  expect([teams.of("two", "a"), teams.of("two", "new"), teams.of("three", "a")]).toEqual([4, 5, 2]);

  // A season without it, and a team is promoted again, with whatever its family remembers of it.
  expect(teams.of("three", "gone")).toBe(-2);
});
