import { expect, test } from "vitest";
import { localKickoff } from "../../src/sources/kickoff.ts";

const berlin = "Europe/Berlin";

test.each([
  ["winter", berlin, "2026-02-14", "15:30", "2026-02-14T14:30:00.000Z"],
  ["summer", berlin, "2025-08-23", "15:30", "2025-08-23T13:30:00.000Z"],
  ["the day summer time begins", berlin, "2026-03-29", "15:30", "2026-03-29T13:30:00.000Z"],
  ["the day before", berlin, "2026-03-28", "15:30", "2026-03-28T14:30:00.000Z"],
  ["the day summer time ends", berlin, "2025-10-26", "15:30", "2025-10-26T14:30:00.000Z"],
  ["the day before that", berlin, "2025-10-25", "15:30", "2025-10-25T13:30:00.000Z"],
  ["London in summer", "Europe/London", "2025-08-16", "12:30", "2025-08-16T11:30:00.000Z"],
  ["a one-digit hour", berlin, "2026-02-14", "9:05", "2026-02-14T08:05:00.000Z"],
])("a wall clock: %s", (_, zone, date, time, instant) => {
  expect(localKickoff(zone, date, time, "00:00")).toEqual({ at: Date.parse(instant), assumed: false });
});

test("without a time it is the usual one, assumed", () => {
  const at = Date.parse("2025-08-23T13:30:00Z");
  expect(localKickoff(berlin, "2025-08-23", null, "15:30")).toEqual({ at, assumed: true });
});

test("a time that happens twice is the earlier one, and not exact", () => {
  const at = Date.parse("2025-10-26T00:30:00Z");
  expect(localKickoff(berlin, "2025-10-26", "02:30", "15:30")).toEqual({ at, assumed: true });
});

test("a time that the clock skips cannot be meant; as the usual one it is the next there is", () => {
  expect(localKickoff(berlin, "2026-03-29", "02:30", "15:30")).toEqual({
    problem: "2026-03-29 has no 02:30 in Europe/Berlin: the clocks skip it",
  });
  expect(localKickoff(berlin, "2026-03-29", null, "02:30")).toEqual({
    at: Date.parse("2026-03-29T01:30:00Z"),
    assumed: true,
  });
});

test.each([
  ["2026-02-30", "15:30"],
  ["30.8.2025", "15:30"],
  ["2025-08-23T15:30", null],
  ["2025-08-23", "half past three"],
  ["2025-08-23", "24:00"],
  ["2025-08-23", "15:60"],
])("%s %s is no instant", (date, time) => {
  expect(localKickoff(berlin, date, time, "15:30")).toEqual({ problem: expect.any(String) });
});
