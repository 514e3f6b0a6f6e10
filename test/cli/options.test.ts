import { InvalidArgumentError } from "commander";
import { expect, test } from "vitest";
import { lasting } from "../../scripts/cli/format.ts";
import { nearest } from "../../scripts/cli/nearest.ts";
import { duration, from, to } from "../../scripts/cli/options.ts";

const iso = (time: number) => new Date(time).toISOString();

test("a day counts from its beginning and to its end, an instant is UTC unless it says otherwise", () => {
  expect(iso(from("2016-08-13"))).toBe("2016-08-13T00:00:00.000Z");
  expect(iso(to("2016-08-13"))).toBe("2016-08-13T23:59:59.999Z");
  expect(iso(from("2016-08-13T14:30"))).toBe("2016-08-13T14:30:00.000Z");
  expect(iso(to("2016-08-13T14:30:15Z"))).toBe("2016-08-13T14:30:15.000Z");
  expect(iso(from("2016-08-13T14:30+02:00"))).toBe("2016-08-13T12:30:00.000Z");
});

test.each([
  "yesterday",
  "2016-13-01",
  "2017-02-29",
  "9999-12-31T23:59:59Z",
  "2016-8-1",
  "13.08.2016",
  "1471046400000",
  "",
])("%o is no day", (text) => {
  expect(() => from(text)).toThrow(InvalidArgumentError);
});

test("durations are whole and have a unit", () => {
  expect(duration("48h")).toBe(48 * 3_600_000);
  for (const text of ["48", "1.5h", "h", "-1h"]) expect(() => duration(text)).toThrow(InvalidArgumentError);
});

test("how long something lasted is told to two units", () => {
  expect([0, 999, 1000, 61_000, 3_600_000, 7_260_000, 90_061_000].map(lasting)).toEqual([
    "0ms",
    "999ms",
    "1s",
    "1m 1s",
    "1h",
    "2h 1m",
    "1d 1h",
  ]);
});

test("the ids nearest to a mistyped one come first", () => {
  const known = [
    "pl-2016-17-arsenal-chelsea",
    "pl-2016-17-chelsea-arsenal",
    "bl1-2016-17-bayern-koln",
    "pl-2016-17-everton-burnley",
  ];
  expect(nearest("pl-2016-17-arsenl-chelsae", known).slice(0, 1)).toEqual(["pl-2016-17-arsenal-chelsea"]);
  expect(nearest("anything", [])).toEqual([]);
});
