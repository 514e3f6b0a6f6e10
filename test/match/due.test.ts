import { describe, expect, test } from "vitest";
import { due } from "../../src/match/due.ts";
import { nextDueAt } from "../../src/match/next-due.ts";
import { defaultPolicy } from "../../src/match/policy.ts";
import {
  day,
  failedModel,
  type History,
  history,
  hour,
  kickoff,
  minute,
  said,
  second,
  tip,
} from "../support/history.ts";

const at = (life: History, now: number) => said(due(life.match, now, life.policy));
const ready = () => history().scheduled();
const analysed = () =>
  ready()
    .at(kickoff - 6 * hour)
    .requested("analyse")
    .analysed();
const withLineups = () =>
  analysed()
    .at(kickoff - hour)
    .requested("lineups")
    .lineups();
const complete = () =>
  withLineups()
    .at(kickoff - 30 * minute)
    .requested("predict")
    .predicted();

test("nothing before T-6 h, the analysis from then on", () => {
  expect(at(ready(), kickoff - 6 * hour - 1)).toEqual([]);
  expect(at(ready(), kickoff - 6 * hour)).toEqual(["analyse due"]);
  expect(at(ready(), kickoff - 6 * hour + 5 * minute + 1)).toEqual(["analyse catch-up", "gap info analyse"]);
});

test("line-ups at T-60 min, again every 5 min while there are none", () => {
  const life = analysed();
  expect(at(life, kickoff - hour - 1)).toEqual([]);
  expect(at(life, kickoff - hour)).toEqual(["lineups due"]);
  life
    .at(kickoff - hour)
    .requested("lineups")
    .failed("lineups", { category: "no-data-yet" });
  expect(at(life, kickoff - 55 * minute - 1)).toEqual([]);
  expect(at(life, kickoff - 55 * minute)).toEqual(["lineups retry"]);
  expect(nextDueAt(life.match, life.policy)).toBe(kickoff - 55 * minute);
});

test("the prediction at T-30 min, once analysed", () => {
  expect(at(withLineups(), kickoff - 30 * minute - 1)).toEqual([]);
  expect(at(withLineups(), kickoff - 30 * minute)).toEqual(["predict due"]);
});

test("a line-ups request in flight delays the prediction by that stage's budget, never longer", () => {
  const life = analysed()
    .at(kickoff - 31 * minute)
    .requested("lineups");
  expect(at(life, kickoff - 29 * minute - 1)).toEqual([]);
  expect(at(life, kickoff - 29 * minute)).toEqual(["predict due"]);
  // Nobody answers: closed one minute past its budget.
  expect(at(life, kickoff - 28 * minute)).toEqual(["no line-ups", "predict due", "gap critical lineups"]);
});

test("line-ups that were asked for and are not there close when predictions are due", () => {
  const life = analysed()
    .at(kickoff - 32 * minute)
    .requested("lineups")
    .failed("lineups", { category: "no-data-yet" });
  expect(at(life, kickoff - 30 * minute - 1)).toEqual([]);
  expect(at(life, kickoff - 30 * minute)).toEqual(["no line-ups", "predict due"]);
  life.at(kickoff - 30 * minute).dispatch();
  expect(life.match.stages.lineups.done).not.toBeNull();
});

describe("line-ups that the source's quota forbids", () => {
  const reset = kickoff + 5 * hour;
  const unpaid = (retryAt = reset) =>
    analysed()
      .at(kickoff - hour)
      .requested("lineups")
      .failed("lineups", { category: "budget", retryAt });

  test("are never said not to be there, hold the prediction up by nothing, and are shown as a gap", () => {
    const life = unpaid();
    expect(at(life, kickoff - 30 * minute)).toEqual(["predict due"]);
    life.at(kickoff - 30 * minute).dispatch();
    expect(life.match.stages.lineups).toMatchObject({ done: null, attempts: 0 });
    expect(at(life, kickoff - 28 * minute)).toContain("gap critical lineups");
  });

  test("end at kick-off as failed for the quota, once", () => {
    const life = unpaid();
    life.at(kickoff - 30 * minute).dispatch();
    life.at(kickoff).dispatch();
    expect(life.match.stages.lineups).toMatchObject({ done: null, failure: { category: "budget", retryAt: null } });
    expect(due(life.match, kickoff + minute, life.policy).filter((it) => it.kind === "missed")).toEqual([]);
    expect(life.events.filter(({ type }) => type === "match.lineups")).toEqual([]);
  });

  test("are asked for again when the quota is whole before kick-off", () => {
    const life = unpaid(kickoff - 10 * minute);
    expect(at(life, kickoff - 10 * minute - 1)).not.toContain("lineups retry");
    expect(at(life, kickoff - 10 * minute)).toContain("lineups retry");
  });
});

test("catch-up 20 min before kick-off: analysis and line-ups at once, then the prediction", () => {
  const life = history("pl-late", kickoff - 20 * minute).scheduled();
  expect(said(life.dispatch())).toEqual(["analyse catch-up", "lineups catch-up"]);
  life.after(second).analysed();
  expect(said(life.dispatch())).toEqual([]);
  life.after(second).lineups();
  expect(said(life.dispatch())).toEqual(["predict catch-up"]);
  life.after(minute).predicted();
  expect(said(life.dispatch())).toEqual([]);
  expect(nextDueAt(life.match, life.policy)).toBeNull();
});

test("a request nobody answered is made again one minute past its budget, as the same attempt", () => {
  const life = ready()
    .at(kickoff - 6 * hour)
    .requested("analyse", { attempt: 3 });
  expect(at(life, kickoff - 6 * hour + 6 * minute - 1)).toEqual(["gap info analyse"]);
  expect(at(life, kickoff - 6 * hour + 6 * minute)).toEqual(["analyse due 3", "gap info analyse"]);
});

test("kick-off ends what is open and says so, once", () => {
  const life = ready();
  expect(said(life.at(kickoff).dispatch())).toEqual([
    "missed analyse",
    "no line-ups",
    "missed predict",
    "gap missed analyse",
  ]);
  expect(life.dispatch()).toEqual([]);
  expect(nextDueAt(life.match, life.policy)).toBeNull();
});

test("kick-off does not call missed what failed for good", () => {
  const life = ready()
    .at(kickoff - 5 * hour)
    .requested("analyse")
    .failed("analyse", { category: "permanent" });
  expect(at(life, kickoff)).toEqual(["no line-ups", "missed predict", "gap missed analyse"]);
});

test("a partly answered prediction is asked again for the rest, and missed at kick-off", () => {
  const life = withLineups()
    .at(kickoff - 30 * minute)
    .requested("predict");
  life.predicted([tip("elo"), tip("poisson"), failedModel("pi", "transient")]).failed("predict");
  expect(at(life, kickoff - 29 * minute - 30 * second)).toEqual(["predict retry 2"]);
  life
    .at(kickoff - 29 * minute)
    .requested("predict")
    .predicted([tip("pi")]);
  expect(life.match.stages.predict.done).not.toBeNull();
  expect(at(life, kickoff)).toEqual([]);
});

test("given up for a passing reason: once an hour until kick-off", () => {
  const life = ready().at(kickoff - 6 * hour);
  for (let attempt = 1; attempt <= 5; attempt++) life.requested("analyse").failed("analyse");
  expect(life.match.stages.analyse.failure?.retryAt).toBeNull();
  life.dispatch();
  expect(at(life, kickoff - 5 * hour - 1)).toEqual([]);
  expect(at(life, kickoff - 5 * hour)).toEqual(["analyse retry 6"]);
  life
    .at(kickoff - 5 * hour)
    .requested("analyse")
    .failed("analyse");
  expect(nextDueAt(life.match, life.policy)).toBe(kickoff - 4 * hour);
});

test.each(["permanent", "crash"] as const)("%s waits for new input or an operator", (category) => {
  const life = ready()
    .at(kickoff - 6 * hour)
    .requested("analyse")
    .failed("analyse", { category });
  expect(at(life, kickoff - 2 * hour - 1)).toEqual(["gap warning analyse"]);
  expect(at(life.retry(), life.now)).toEqual(["analyse operator"]);
});

test("a retry of a failure is not made before the stage is due at the new kick-off", () => {
  const life = ready()
    .at(kickoff - 6 * hour)
    .requested("analyse")
    .failed("analyse")
    .scheduled({ kickoff: kickoff + 10 * hour });
  expect(at(life, kickoff + 4 * hour - 1)).toEqual([]);
  expect(at(life, kickoff + 4 * hour)).toContain("analyse retry 2");
  const unanswered = ready()
    .at(kickoff - 6 * hour)
    .requested("analyse")
    .scheduled({ kickoff: kickoff + 10 * hour });
  expect(nextDueAt(unanswered.match, unanswered.policy)).toBe(kickoff + 4 * hour);
});

test("postponed, or history: nothing; ended: nothing but the settlement", () => {
  const postponed = ready().scheduled({ status: "postponed" });
  const past = ready().scheduled({ purpose: "history" });
  for (const now of [kickoff - 6 * hour, kickoff, kickoff + 3 * day]) {
    expect(at(postponed, now)).toEqual([]);
    expect(at(past, now)).toEqual([]);
  }
  expect(nextDueAt(postponed.match, postponed.policy)).toBeNull();
  const cancelled = ready()
    .at(kickoff - hour)
    .scheduled({ status: "cancelled" });
  expect(at(cancelled, cancelled.now)).toEqual(["settle due"]);
  const finished = complete()
    .at(kickoff + 2 * hour)
    .finished();
  expect(said(finished.dispatch())).toEqual(["settle due"]);
  finished.settled();
  expect(finished.dispatch()).toEqual([]);
  expect(nextDueAt(finished.match, finished.policy)).toBeNull();
  expect(said(finished.after(day).finished(3, 3).dispatch())).toEqual(["settle due"]);
});

test("no predictions: five attempts, then hourly for seven days", () => {
  const life = analysed()
    .at(kickoff + 2 * hour)
    .finished();
  for (let attempt = 1; attempt <= 5; attempt++) life.requested("settle").settled();
  life.dispatch();
  expect(nextDueAt(life.match, life.policy)).toBe(kickoff + 3 * hour);
  life
    .at(kickoff + 2 * hour + 7 * day - hour + 1)
    .requested("settle")
    .settled();
  life.dispatch();
  expect(nextDueAt(life.match, life.policy)).toBeNull();
});

test("a gap that closed and came back to the same severity is raised again: once due, it stays due", () => {
  const life = ready().at(kickoff - 3 * hour);
  expect(said(life.dispatch())).toContain("gap warning analyse");
  life.after(second).scheduled({ kickoff: kickoff - 10 * minute });
  expect(at(life, life.now)).toEqual(["gap resolved"]);
  expect(at(life, life.now + 5 * minute)).toEqual(["gap warning analyse"]);
});

describe("autoRetro", () => {
  const policy = { ...defaultPolicy, autoRetro: true };
  const begun = (id = "pl-2016-17-a-b") => {
    const life = history(id, kickoff - hour, policy)
      .scheduled({ kickoff })
      .at(kickoff);
    life.dispatch();
    return life;
  };

  test("asks once, in hindsight, for what was missed", () => {
    const life = begun();
    expect(said(life.dispatch())).toEqual(["retro"]);
    expect(life.match.retro?.stages).toEqual(["analyse", "predict"]);
    expect(said(life.dispatch())).toEqual(["analyse retro retroactive"]);
    life.after(minute).failed("analyse", { category: "permanent" });
    expect(said(life.dispatch()).filter((it) => it === "retro")).toEqual([]);
  });

  test("is off by default, and leaves alone what an operator cancelled or a match that is void", () => {
    const off = history("pl-2016-17-a-b", kickoff - hour)
      .scheduled({ kickoff })
      .at(kickoff);
    off.dispatch();
    expect(off.dispatch()).toEqual([]);
    const cancelled = begun();
    cancelled.dispatch();
    expect(cancelled.cancelled().dispatch()).toEqual([]);
    const abandoned = begun().after(minute).scheduled({ status: "abandoned" });
    expect(said(abandoned.dispatch())).not.toContain("retro");
  });
});
