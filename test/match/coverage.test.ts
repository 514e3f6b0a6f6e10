import { describe, expect, test } from "vitest";
import { lackOf } from "../../src/match/backfill.ts";
import { coveragePercent, gapOf, isInWindow } from "../../src/match/coverage.ts";
import { due } from "../../src/match/due.ts";
import { retryOf } from "../../src/match/orders.ts";
import { day, failedModel, type History, history, hour, kickoff, minute, second, tip } from "../support/history.ts";

const gap = (life: History, now: number) => {
  const found = gapOf(life.match, now, life.policy);
  return found === null ? null : `${found.severity} ${found.missing.join(" ")}`;
};
const ready = () => history().scheduled();
const asked = () =>
  ready()
    .at(kickoff - 6 * hour)
    .requested("analyse");
const analysed = () => asked().analysed();
const complete = () =>
  analysed()
    .requested("lineups")
    .lineups()
    .at(kickoff - 30 * minute)
    .requested("predict")
    .predicted();

test("a stage that has just fallen due is no gap before its budget has passed", () => {
  expect(gap(ready(), kickoff - 6 * hour + 5 * minute - 1)).toBeNull();
  expect(gap(ready(), kickoff - 6 * hour + 5 * minute)).toBe("info analyse");
  expect(gap(analysed(), kickoff - 28 * minute - 1)).toBeNull();
  expect(gap(analysed(), kickoff - 28 * minute)).toBe("critical lineups");
  expect(gap(analysed(), kickoff - 20 * minute - 1)).toBe("critical lineups");
  expect(gap(analysed(), kickoff - 20 * minute)).toBe("critical lineups predict");
});

test("a match first seen past a due time has the budget from then on", () => {
  const life = history("pl-late", kickoff - 5 * hour).scheduled();
  expect(gap(life, kickoff - 5 * hour + 5 * minute - 1)).toBeNull();
  expect(gap(life, kickoff - 5 * hour + 5 * minute)).toBe("info analyse");
});

test("severity goes by the unrounded time to kick-off: critical under 2 h, warning under 4 h", () => {
  expect(gap(ready(), kickoff - 4 * hour)).toBe("info analyse");
  expect(gap(ready(), kickoff - 4 * hour + 1)).toBe("warning analyse");
  expect(gap(ready(), kickoff - 2 * hour)).toBe("warning analyse");
  // 1 h 59 min 59.999 s
  expect(gap(ready(), kickoff - 2 * hour + 1)).toBe("critical analyse");
  expect(gap(ready(), kickoff - 1)).toBe("critical analyse lineups predict");
  expect(gap(ready(), kickoff)).toBe("missed analyse predict");
});

test("a stage given up is a gap at once; one that will be retried is not before its budget", () => {
  expect(gap(asked().failed("analyse"), kickoff - 6 * hour)).toBeNull();
  expect(gap(asked().failed("analyse", { category: "permanent" }), kickoff - 6 * hour)).toBe("info analyse");
});

test("complete without an answer is a gap, complete with one is none", () => {
  const life = analysed()
    .requested("lineups")
    .lineups()
    .at(kickoff - 30 * minute)
    .requested("predict");
  const none = ["elo", "poisson", "pi"].map((model) => failedModel(model, "permanent"));
  expect(gap(life.predicted(none), kickoff - 29 * minute)).toBe("critical predict");
  const one = analysed()
    .requested("lineups")
    .lineups()
    .at(kickoff - 30 * minute)
    .requested("predict");
  expect(gap(one.predicted([...none.slice(1), tip("elo")]), kickoff + hour)).toBeNull();
});

test("postponed, cancelled and history have no gap; after retro there is none", () => {
  expect(gap(ready().scheduled({ status: "postponed" }), kickoff + hour)).toBeNull();
  expect(gap(ready().scheduled({ purpose: "history" }), kickoff + hour)).toBeNull();
  const cancelled = ready().scheduled({ status: "cancelled" }).requested("settle").settled();
  expect(gap(cancelled, kickoff + day)).toBeNull();
  const life = ready().at(kickoff);
  life.dispatch();
  life.at(kickoff + 2 * hour).finished();
  expect(gap(life, life.now)).toBe("missed predict");
  life.retro().requested("analyse").analysed().requested("predict").predicted().requested("settle").settled();
  expect(gap(life, life.now + day)).toBeNull();
});

test("a finished match without settlement: info past its budget, critical after an hour", () => {
  const end = kickoff + 2 * hour;
  const life = complete().at(end).finished();
  expect(gap(life, end + 3 * minute - 1)).toBeNull();
  expect(gap(life, end + 3 * minute)).toBe("info settle");
  expect(gap(life, end + hour - 1)).toBe("info settle");
  expect(gap(life, end + hour)).toBe("critical settle");
  life
    .at(end + second)
    .requested("settle")
    .settled();
  expect(gap(life, end + day)).toBeNull();
});

test("a correction has its own hour", () => {
  const life = complete()
    .at(kickoff + 2 * hour)
    .finished()
    .requested("settle")
    .settled();
  life.at(kickoff + 2 * day).finished(3, 3);
  expect(gap(life, life.now)).toBeNull();
  expect(gap(life, life.now + hour - 1)).toBe("info settle");
  expect(gap(life, life.now + hour)).toBe("critical settle");
});

test("a match said to be finished whose score never comes is unsettled, not fine", () => {
  const life = complete()
    .at(kickoff + 2 * hour)
    .scheduled({ status: "finished" });
  expect(gap(life, life.now + hour)).toBe("critical settle");
});

test("predictions that a corrected kick-off makes late leave a gap", () => {
  const life = complete()
    .at(kickoff - 10 * minute)
    .scheduled({ kickoff: kickoff - hour });
  expect(life.match.stages.predict.done).toBeNull();
  expect(gap(life, life.now)).toBe("missed predict");
  life.scheduled({ kickoff: kickoff + hour });
  expect(life.match.stages.predict.done).not.toBeNull();
  expect(gap(life, life.now)).toBeNull();
});

test("a gap says what it lacks, since when, why and what happens next", () => {
  const life = asked().failed("analyse");
  expect(gapOf(life.match, kickoff - hour, life.policy)).toEqual({
    severity: "critical",
    missing: ["analyse"],
    dueSince: kickoff - 6 * hour,
    reason: "analysis transient: no answer",
    nextAction: `retry at ${new Date(kickoff - 6 * hour + 30 * second).toISOString()}`,
  });
});

describe("what mends a stage that was given up", () => {
  const next = (life: History, now = life.now) => gapOf(life.match, now, life.policy)?.nextAction;
  const dues = (life: History) => due(life.match, life.now, life.policy);
  const refused = () => asked().failed("analyse", { category: "permanent" });

  test("ahead of kick-off no operator's word does: another fixture, or hindsight", () => {
    const life = refused();
    expect(next(life)).toBe("asked anew if the kick-off or a team changes; else retro after kick-off");
    expect(dues(life)).not.toContainEqual(expect.objectContaining({ kind: "request", stage: "analyse" }));
    const scope = { stages: null, now: life.now, policy: life.policy, roster: ["elo"] };
    expect(lackOf(life.match, scope)).toBe("not begun");
    life.scheduled({ kickoff: kickoff - minute });
    expect(life.match.stages.analyse.failure).toBeNull();
    expect(dues(life)).toContainEqual(expect.objectContaining({ kind: "request", stage: "analyse" }));
  });

  test("from kick-off on a backfill does, which is what it says", () => {
    const life = refused().at(kickoff);
    expect(next(life)).toBe("retro");
    const scope = { stages: null, now: kickoff, policy: life.policy, roster: ["elo"] };
    expect(lackOf(life.match, scope)).toMatchObject({ stages: ["analyse", "predict"] });
  });

  test("what crashed the process is not tried again for another kick-off", () => {
    const life = asked().failed("analyse", { category: "crash" });
    expect(next(life)).toBe("retro after kick-off");
    life.scheduled({ kickoff: kickoff + minute });
    expect(life.match.stages.analyse.failure).not.toBeNull();
  });

  test("what passes is asked for again within the hour, and the gap says when", () => {
    const life = asked();
    for (let attempt = 1; attempt <= life.policy.attempts; attempt++) life.requested("analyse").failed("analyse");
    expect(next(life)).toBe(`retry at ${new Date(life.now + hour).toISOString()}`);
    life.at(life.now + hour);
    expect(dues(life)).toContainEqual(expect.objectContaining({ kind: "request", stage: "analyse" }));
  });

  test("line-ups end as not available when the predictions are due", () => {
    const life = analysed()
      .requested("lineups")
      .failed("lineups", { category: "permanent" })
      .at(kickoff - 30 * minute);
    expect(next(life)).toBe("closes as not available");
    expect(dues(life)).toContainEqual(expect.objectContaining({ kind: "no-lineups" }));
  });

  test("a settlement is an operator's to retry", () => {
    const life = complete()
      .at(kickoff + 2 * hour)
      .finished()
      .requested("settle")
      .failed("settle", { category: "permanent" });
    expect(next(life)).toBe("retry of its settlement by an operator");
    expect(retryOf(life.match, null)).toBe("accepted");
  });
});

test("coverage: matches ahead in the window, live and going to be played", () => {
  expect(coveragePercent(0, 0)).toBe(100);
  expect(coveragePercent(8, 2)).toBe(75);
  const now = kickoff - 6 * hour;
  expect(isInWindow(ready().match, now, kickoff)).toBe(true);
  expect(isInWindow(ready().match, now, kickoff - 1)).toBe(false);
  expect(isInWindow(ready().match, kickoff, kickoff + hour)).toBe(false);
  for (const status of ["postponed", "cancelled"] as const) {
    expect(isInWindow(ready().scheduled({ status }).match, now, kickoff)).toBe(false);
  }
  expect(isInWindow(ready().scheduled({ purpose: "history" }).match, now, kickoff)).toBe(false);
});
