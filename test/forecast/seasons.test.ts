import { expect, it } from "vitest";
import { Seasons } from "../../src/forecast/seasons.ts";

it("promoted is who did not play the season before, newcomer who has not played since either", () => {
  const seasons = new Seasons();
  seasons.begin("one");
  seasons.enter("one", "a");
  expect(seasons.isPromoted("one", "b")).toBe(false);
  expect(seasons.isNewcomer("two", "a")).toBe(false);
  expect(seasons.isNewcomer("two", "b")).toBe(true);
  seasons.begin("two");
  seasons.enter("two", "b");
  expect(seasons.isPromoted("two", "b")).toBe(true);
  expect(seasons.isNewcomer("two", "b")).toBe(false);
  expect(seasons.isPromoted("three", "b")).toBe(false);
  expect(seasons.isPromoted("three", "a")).toBe(true);
});
