import { expect, test } from "vitest";
import { endOf, readInstant } from "../src/instant.ts";

const at = (text: string) => {
  const instant = readInstant(text);
  return instant === null ? null : [instant.at, endOf(instant)].map((it) => new Date(it).toISOString());
};

test.each([
  ["2016-08-13", "2016-08-13T00:00:00.000Z", "2016-08-13T23:59:59.999Z"],
  ["2016-08-13T14:30", "2016-08-13T14:30:00.000Z", "2016-08-13T14:30:00.000Z"],
  ["2016-08-13T14:30Z", "2016-08-13T14:30:00.000Z", "2016-08-13T14:30:00.000Z"],
  ["2016-08-13T14:30:05.5+02:00", "2016-08-13T12:30:05.500Z", "2016-08-13T12:30:05.500Z"],
])("%s", (text, from, to) => {
  expect(at(text)).toEqual([from, to]);
});

test.each(["", "2016", "2016-8-13", "2016-13-01", "13.08.2016", "2016-08-13T25:00", "2016-08-13 14:30", "now"])(
  "%j is neither a day nor an instant",
  (text) => {
    expect(at(text)).toBeNull();
  },
);
