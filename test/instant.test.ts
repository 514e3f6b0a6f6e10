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

test.each([
  "2017-02-29",
  "2017-02-29T10:00Z",
  "2017-04-31",
  "2017-00-10",
  "0000-01-01",
  "1969-12-31",
  "2201-01-01",
  "9999-12-31T23:59:59Z",
  "9999-12-31T23:59:59-14:00",
])("%j is a moment that is not, or beyond those of football", (text) => {
  expect(at(text)).toBeNull();
});

test.each(["1970-01-01", "2016-02-29", "2200-12-31T23:59:59Z"])("%j is one", (text) => {
  expect(at(text)).not.toBeNull();
});

test.each(["", "2016", "2016-8-13", "2016-13-01", "13.08.2016", "2016-08-13T25:00", "2016-08-13 14:30", "now"])(
  "%j is neither a day nor an instant",
  (text) => {
    expect(at(text)).toBeNull();
  },
);
