import { expect, test } from "vitest";
import { seasonAt } from "../../../scripts/commands/predict/season.ts";

const at = (date: string) => Date.parse(`${date}T15:00:00Z`);

test.for([
  ["in the season under way", "2016-10-15", "2016-17", "2016-10-01", "2016-17"],
  ["after a winter's pause", "2016-02-13", "2015-16", "2015-12-13", "2015-16"],
  ["in a season that went on into July", "2020-07-04", "2019-20", "2020-06-28", "2019-20"],
  ["the first of the next season", "2016-08-13", "2015-16", "2016-05-15", "2016-17"],
  ["years later", "2030-05-01", "2016-17", "2017-05-21", "2029-30"],
  ["at a century's turn", "2099-09-01", "2098-99", "2099-05-20", "2099-00"],
  ["where a season is a year", "2021-04-10", "2020", "2020-11-29", "2021"],
] as const)("a match %s", ([, kickoff, season, newest, expected]) => {
  expect(seasonAt(at(kickoff), { season, kickoff: at(newest) })).toBe(expected);
});
