import { expect, test } from "vitest";
import { countAnswers, openModels } from "../../src/match/answers.ts";
import { due } from "../../src/match/due.ts";
import type { MatchEvent } from "../../src/match/event.ts";
import { evolve, evolveOnce } from "../../src/match/evolve.ts";
import { day, failedModel, history, hour, kickoff, minute, roster, said, second, tip } from "../support/history.ts";

const ready = () => history().scheduled();
const analysed = () =>
  ready()
    .at(kickoff - 6 * hour)
    .requested("analyse")
    .analysed();
const asked = () =>
  analysed()
    .at(kickoff - 30 * minute)
    .requested("predict");
const complete = () => asked().predicted();
const settled = () =>
  complete()
    .at(kickoff + 2 * hour)
    .finished()
    .requested("settle")
    .settled();

test("who writes an event and who projects it get one state of it, and a fold of anything else is another", () => {
  const life = complete();
  const before = life.match;
  const event = life.at(kickoff + 2 * hour).finished().last;
  const after = evolveOnce(before, event);
  expect(after).toEqual(evolve(before, event));
  expect(evolveOnce(before, { ...event })).toBe(after);
  expect(evolveOnce({ ...before }, event)).not.toBe(after);
  expect(evolveOnce(before, { ...event, data: { ...event.data } } as MatchEvent)).not.toBe(after);
  expect(evolveOnce(before, { ...event, sequence: event.sequence + 1 }).version).toBe(event.sequence + 1);
  expect(evolveOnce(before, { sequence: event.sequence, type: null })).toEqual({ ...before, version: event.sequence });
});

test("a message that does not decode only moves the version", () => {
  const life = complete();
  const before = life.match;
  expect(life.broken().match).toEqual({ ...before, version: before.version + 1 });
});

test("a round begins with its first request and freezes its roster with the first prediction request", () => {
  expect(ready().match.round).toEqual({ number: 1, kickoff: null, roster: null });
  const life = asked()
    .at(kickoff - 20 * minute)
    .failed("predict")
    .requested("predict", { roster: [{ model: "new", version: "1" }] });
  expect(life.match.round).toEqual({ number: 1, kickoff, roster });
  expect(openModels(life.predicted([tip("elo"), failedModel("pi", "transient")]).match)).toEqual(["poisson", "pi"]);
});

test("answers that come after kick-off, twice or for an older round are kept and do not count", () => {
  const life = asked()
    .predicted([tip("elo"), tip("pi")])
    .predicted([tip("elo", 3, 3)])
    .at(kickoff)
    .predicted([tip("poisson")]);
  expect(countAnswers(life.match).map(({ counts }) => counts)).toEqual([true, true, "duplicate", "late"]);
  expect(openModels(life.match)).toEqual(["poisson"]);
  life.scheduled({ kickoff: kickoff + 3 * day }).requested("analyse", { round: 2 });
  expect(new Set(countAnswers(life.match).map(({ counts }) => counts))).toEqual(new Set(["superseded"]));
});

test("a match keeps what an answer cost and when a model may be asked again; tokens and prompts stay in the log", () => {
  const paid = { tokens: { in: 1000, out: 50 }, promptHash: "0123456789abcdef" };
  const retryAt = new Date(kickoff).toISOString();
  const life = asked().predicted([
    { ...tip("elo"), ...paid },
    { ...failedModel("pi", "rate-limited"), ...paid, cost: 0.25, retryAt },
  ]);
  expect(JSON.stringify(life.match)).not.toMatch(/tokens|promptHash/);
  expect(life.match.outcomes).toMatchObject([{ model: "pi", cost: 0.25, retryAt }]);
  expect(openModels(life.match)).toEqual(["poisson", "pi"]);
});

test.each([
  [24 * hour, 1],
  [24 * hour + 1, 2],
  [-23 * hour, 1],
])("moved by %i ms, work is due in round %i", (by, round) => {
  const life = history("pl-x", kickoff - 3 * day)
    .scheduled()
    .at(kickoff - 2 * day)
    .requested("analyse")
    .analysed()
    .scheduled({ kickoff: kickoff + by });
  const at = kickoff + by - 30 * minute;
  const rounds = due(life.match, at, life.policy).flatMap((it) => (it.kind === "request" ? [it.round] : []));
  expect(new Set(rounds)).toEqual(new Set([round]));
});

test("moved away and back again before anyone asked, the first round stands", () => {
  const life = complete()
    .scheduled({ kickoff: kickoff + 3 * day })
    .scheduled({ kickoff });
  expect(life.match.stages.predict.done).not.toBeNull();
  expect(said(due(life.match, kickoff - 6 * minute, life.policy))).toEqual([
    "lineups catch-up",
    "gap critical lineups",
  ]);
});

test("a later round that nobody asked for in time is missed, line-ups too, and ends the retro work of the old date", () => {
  const life = analysed().at(kickoff).retro();
  expect(life.match.retro?.stages).toEqual(["predict"]);
  life.scheduled({ kickoff: kickoff - 3 * day });
  expect(said(life.dispatch())).toEqual(
    ["missed analyse round 2", "no line-ups", "missed predict", "gap missed analyse"].map((it) =>
      it.replace(" round 2", ""),
    ),
  );
  expect(life.match.round.number).toBe(2);
  expect(life.match.ignored).toEqual([]);
  expect(life.match.retro).toBeNull();
  expect(life.dispatch()).toEqual([]);
});

test("a new kick-off ahead re-opens what was missed, attempts from 1; so does a status that was premature", () => {
  const life = ready().at(kickoff);
  life.dispatch();
  life.after(minute).scheduled({ kickoff: kickoff + 3 * hour });
  expect(said(life.dispatch())).toEqual(["analyse catch-up", "gap resolved"]);
  const early = ready()
    .at(kickoff - 3 * hour)
    .scheduled({ status: "in-play" });
  early.dispatch();
  expect(early.match.stages.analyse.failure?.category).toBe("missed");
  early.after(minute).scheduled({ status: "scheduled" });
  expect(said(early.dispatch())).toContain("analyse catch-up");
});

test("postponed: nothing is missed, and the old answers stand unless the new date is far", () => {
  const life = complete()
    .scheduled({ status: "postponed" })
    .at(kickoff + hour);
  expect(life.dispatch()).toEqual([]);
  life.scheduled({ status: "scheduled", kickoff: kickoff + 20 * hour });
  expect(life.match.stages.predict.done).not.toBeNull();
});

test("retro: analysis, then predictions, marked for ever, and settled once they are in", () => {
  const life = ready().at(kickoff);
  life.dispatch();
  life
    .at(kickoff + 2 * hour)
    .finished()
    .retro();
  expect(said(life.dispatch())).toEqual(["analyse retro retroactive"]);
  expect(said(life.after(second).analysed().dispatch())).toEqual(["predict retro retroactive"]);
  life.after(second).predicted();
  expect(life.match.answers.every(({ retroactive, late }) => retroactive && !late)).toBe(true);
  expect(said(life.dispatch())).toEqual(["settle due", "gap resolved"]);
  expect(life.settled().match.retro).toBeNull();
});

test("a retro request is cancelled while nobody works on it: its stages are missed again, and the match is settled", () => {
  const life = ready().at(kickoff);
  life.dispatch();
  life
    .at(kickoff + 2 * hour)
    .finished()
    .retro()
    .cancelled(undefined, "wrong week");
  expect(life.match.retro).toBeNull();
  for (const stage of ["analyse", "predict"] as const) {
    expect(life.match.stages[stage]).toMatchObject({
      opened: null,
      failure: { category: "missed", retryAt: null, reason: "the retro request was cancelled by me: wrong week" },
    });
  }
  expect(said(life.dispatch())).toEqual(["settle due"]);
  expect(life.settled().match.settlement?.void?.reason).toBe("no-analysis");
  // Asked for again, it runs as if it had never been cancelled.
  expect(said(life.retro().dispatch())).toEqual(["analyse retro retroactive"]);
});

test("what has begun of a retro request, or belongs to another one, is not cancelled", () => {
  const life = ready()
    .at(kickoff + hour)
    .retro();
  life.cancelled("01ARZ3NDEKTSV4RRFFQ69G5FAV");
  expect(life.match.retro).not.toBeNull();
  life.dispatch();
  life.cancelled();
  expect(life.match.retro).not.toBeNull();
  expect(life.match.ignored.map(({ why }) => why)).toEqual([
    "no such retro request is in flight",
    "its work is under way",
  ]);
  expect(life.analysed().cancelled().match.retro).toBeNull();
});

test("retro on predictions that a corrected kick-off made late asks for them again", () => {
  const life = complete()
    .at(kickoff + 2 * hour)
    .scheduled({ kickoff: kickoff - hour })
    .finished()
    .retro();
  expect(said(life.dispatch())).toContain("predict retro retroactive");
  expect(life.predicted().match.retro).toBeNull();
});

test("retro given up ends; the match is settled with what there is", () => {
  const life = ready()
    .at(kickoff + 2 * hour)
    .finished()
    .retro()
    .requested("analyse")
    .failed("analyse", { category: "permanent" });
  expect(life.match.retro).toBeNull();
  expect(said(life.dispatch())).toContain("settle due");
  expect(life.settled().match.settlement?.void?.reason).toBe("no-analysis");
});

test("ahead of kick-off a retro word asks for the normal work anew", () => {
  const life = ready()
    .at(kickoff - 6 * hour)
    .requested("analyse")
    .failed("analyse", { category: "crash" })
    .retro();
  expect(life.match.retro).toBeNull();
  expect(said(life.dispatch())).toEqual(["analyse operator"]);
});

test("an operator's retry starts attempts anew and joins a request under way", () => {
  const life = ready()
    .at(kickoff - 6 * hour)
    .requested("analyse", { attempt: 5 })
    .failed("analyse")
    .retry();
  expect(said(life.dispatch())).toEqual(["analyse operator"]);
  const { request } = life.match.stages.analyse;
  expect(life.retry({ stages: ["analyse"] }).match.stages.analyse.request).toEqual(request);
});

test("a failure can be dismissed and restored", () => {
  const life = ready().requested("analyse").failed("analyse");
  life.event("match.failure.dismissed", { stage: "analyse", by: "me", reason: "known" });
  expect(life.match.stages.analyse.failure?.dismissed).toEqual({ by: "me", reason: "known" });
  life.event("match.failure.restored", { stage: "analyse", by: "me", reason: "no" });
  expect(life.match.stages.analyse.failure?.dismissed).toBeNull();
});

test("answered letters are remembered, whatever the answer", () => {
  const life = ready()
    .at(kickoff)
    .retro({ letter: 4 })
    .event("match.request.noop", { request: "", letter: 5, doneBy: 1 });
  life.event("match.request.rejected", { request: "", letter: 6, reasons: [] });
  expect(life.match.letters).toEqual([4, 5, 6]);
});

test("a correction is settled again and re-scores; a settlement under way when the match goes on is dropped", () => {
  const life = settled().finished(0, 2).requested("settle").settled();
  expect(life.match.settlement).toMatchObject({ revision: 2, points: [0, 0, 0].map((points) => ({ points })) });
  const resumed = complete()
    .scheduled({ status: "abandoned" })
    .requested("settle")
    .scheduled({ status: "scheduled", kickoff: kickoff + day });
  expect(resumed.match.stages.settle.request).toBeNull();
});

test("an answer that was late stays late when the kick-off is put back afterwards", () => {
  const life = asked()
    .predicted([tip("elo"), tip("pi")])
    .at(kickoff)
    .predicted([tip("poisson")])
    .scheduled({ kickoff: kickoff + 3 * hour });
  expect(countAnswers(life.match).map(({ counts }) => counts)).toEqual([true, true, "late"]);
  expect(life.match.stages.predict.done).toBeNull();
});

test("a request that opens a round leaves no retro request of the old one in flight", () => {
  const life = analysed()
    .at(kickoff + 2 * hour)
    .finished()
    .retro();
  expect(life.match.retro?.stages).toEqual(["predict"]);
  life.requested("analyse", { round: 2, retroactive: true });
  expect(life.match.retro).toBeNull();
});
