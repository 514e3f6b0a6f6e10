import { expect, test } from "vitest";
import { describe } from "../../scripts/cli/describe.ts";
import { timelineOf } from "../../src/projections/timeline.ts";
import { decode } from "../../src/events/envelope.ts";
import { defaultPolicy } from "../../src/match/policy.ts";
import { interleave } from "../projections/support.ts";
import { type History, history, hour, kickoff, minute } from "../support/history.ts";

function timeline(life: History) {
  const messages = interleave([life]).map(({ subject, body }, i) =>
    decode({
      sequence: i + 1,
      subject,
      body: typeof body === "string" ? new TextEncoder().encode(body) : body,
      storedAt: Date.UTC(9999, 11, 31),
    }),
  );
  return timelineOf(life.id, messages, defaultPolicy).moments;
}

test("each answer tells its cause and how long after the due time it came", () => {
  const life = history()
    .scheduled()
    .at(kickoff - 6 * hour + 3 * minute)
    .requested("analyse")
    .after(2 * minute)
    .analysed();
  const [scheduled, requested, analysed] = timeline(life);
  expect(scheduled).toMatchObject({ cause: null, lateMs: null });
  expect(requested).toMatchObject({ cause: 1, lateMs: null });
  expect(analysed).toMatchObject({ cause: 2, lateMs: 5 * minute, ignored: null });
});

test("what does not decode, and what contradicts what is known, is there and marked", () => {
  const life = history()
    .scheduled()
    .broken()
    .at(kickoff - 6 * hour)
    .requested("analyse")
    .analysed()
    .analysed({ round: 7 });
  const moments = timeline(life);
  expect(moments[1]).toMatchObject({ event: null, message: { undecodable: { code: "not-json" } } });
  expect(moments[3]?.ignored).toBeNull();
  expect(moments[4]?.ignored).toEqual(expect.any(String));
});

test("every event of a life has its words", () => {
  const life = history()
    .scheduled()
    .at(kickoff - 6 * hour)
    .requested("analyse")
    .failed("analyse", { reason: "no answer" })
    .requested("analyse")
    .analysed()
    .requested("lineups")
    .lineups(false)
    .requested("predict")
    .predicted()
    .at(kickoff + 2 * hour)
    .scheduled({ status: "finished" })
    .finished(2, 1)
    .requested("settle")
    .settled();
  const words = life.events.map((event) => describe(event));
  expect(words.map(({ what }) => what)).toEqual([
    "scheduled",
    "analysis requested",
    "analyse failed",
    "analysis requested",
    "analysed",
    "lineups requested",
    "line-ups",
    "prediction requested",
    "predicted",
    "scheduled",
    "finished",
    "settlement requested",
    "settled",
  ]);
  expect(words[2]?.detail).toMatch(/^transient, attempt 1 of 5: no answer; again at /);
  expect(words[3]?.detail).toBe("due, attempt 2, budget 5m");
  expect(words[8]?.detail).toBe("elo 1-0, poisson 1-0, pi 1-0");
});

test("a time that is only assumed is told as such", () => {
  const [exact, assumed] = history()
    .scheduled()
    .scheduled({ timeAssumed: true })
    .events.map((event) => describe(event).detail);
  expect(exact).not.toContain("assumed");
  expect(assumed).toMatch(/ \d\d:\d\d \(time assumed\), scheduled/);
});
