import { expect, test } from "vitest";
import { groupFailures } from "../../src/match/failed-settlements.ts";
import { resettling } from "../../src/match/settlement-retry.ts";
import { type History, history, hour, kickoff } from "../support/history.ts";

const ended = (id?: string) =>
  history(id)
    .scheduled()
    .at(kickoff + 2 * hour)
    .finished();
const failed = (id?: string) => ended(id).requested("settle").failed("settle", { category: "permanent" });
const both = ({ match }: History) => [resettling(match, "failed"), resettling(match, "unsettled")];

test("every state of a settlement has one answer for an operator's word", () => {
  expect(resettling(null, "failed")).toBe("unknown");
  expect(both(history())).toEqual(["unknown", "unknown"]);
  expect(both(history().scheduled())).toEqual(["not finished", "not finished"]);
  expect(both(history().scheduled({ purpose: "history", status: "finished" }))).toEqual(["history", "history"]);
  expect(both(ended())).toEqual(["in flight", "accepted"]);
  expect(both(ended().requested("settle"))).toEqual(["in flight", "in flight"]);
  expect(both(ended().requested("settle").settled())).toEqual(["already done", "already done"]);
  expect(both(failed())).toEqual(["accepted", "accepted"]);
  expect(both(failed().retry({ stages: ["settle"] }))).toEqual(["in flight", "in flight"]);
  expect(both(failed().retro())).toEqual(["in flight", "in flight"]);
});

test("failures are grouped by category and cause, the largest group first; dismissed and older ones are left out", () => {
  const at = (id: string, category: "permanent" | "bug", fingerprint: string, ms: number) =>
    ended(id).requested("settle").after(ms).failed("settle", { category, fingerprint, reason: fingerprint });
  const lives = [
    at("pl-2016-17-a-b", "bug", "one", 1),
    at("pl-2016-17-a-c", "bug", "two", 2),
    at("pl-2016-17-a-d", "bug", "one", 3),
    at("pl-2016-17-a-e", "permanent", "one", 4),
    at("pl-2016-17-a-f", "bug", "one", 5).event("match.failure.dismissed", { stage: "settle", by: "me", reason: "x" }),
    ended("pl-2016-17-a-g"),
  ];
  const began = kickoff + 2 * hour;
  const groups = groupFailures(lives.map(({ match }) => match));
  expect(groups.map(({ category, fingerprint, count }) => [category, fingerprint, count])).toEqual([
    ["bug", "one", 2],
    ["permanent", "one", 1],
    ["bug", "two", 1],
  ]);
  expect(groups[0]).toMatchObject({
    first: began + 1,
    last: began + 3,
    givenUp: 0,
    matchIds: ["pl-2016-17-a-d", "pl-2016-17-a-b"],
  });
  expect(
    groupFailures(
      lives.map(({ match }) => match),
      began + 4,
    ),
  ).toHaveLength(1);
});
