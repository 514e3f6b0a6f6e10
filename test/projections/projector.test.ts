import { describe, expect, onTestFinished, test } from "vitest";
import type { Recorded } from "../../src/match/event.ts";
import { applyUntilHalted, ProjectionHalted } from "../../src/projections/projector.ts";
import { day, history, hour, idOf, kickoff, minute, tip } from "../support/history.ts";
import { dump, interleave, letterOf, messagesOf, origin, tables } from "./support.ts";

function fresh() {
  const made = tables();
  onTestFinished(() => void made.db.close());
  return made;
}

const scheduled = () => history().scheduled();

describe("the checkpoint", () => {
  test("moves with the rows, past gaps in the sequence", () => {
    const { projector, queries } = fresh();
    projector.apply(messagesOf(interleave([scheduled()]), 7));
    expect(projector.sequence).toBe(7);
    expect(queries.sequence()).toBe(7);
    projector.apply(messagesOf([{ subject: "match.retro.requested", body: "{}" }], 12));
    expect(queries.sequence()).toBe(12);
    expect(queries.anomalies().total).toBe(0);
  });

  test("does not move, nor does any row, when a message in the middle of a batch cannot be folded", () => {
    const { db, projector, queries } = fresh();
    const batch = messagesOf(
      interleave([history("a").scheduled(), history("b").scheduled(), history("c").scheduled()]),
    );
    const empty = dump(db);
    const broken = batch.map((message) => (message.sequence === 2 ? poisoned(message) : message));
    // A database without a journal cannot undo; what follows the log has one.
    db.pragma("journal_mode = MEMORY");
    expect(() => projector.apply(broken)).toThrow(ProjectionHalted);
    expect(dump(db)).toEqual(empty);
    expect(projector.sequence).toBe(0);
    expect(queries.match("a")).toBeNull();

    const halted = applyUntilHalted(projector, broken);
    expect(halted).toMatchObject({ sequence: 2, subject: "match.b.scheduled" });
    expect(projector.sequence).toBe(1);
    expect(queries.match("a")).not.toBeNull();
    projector.apply(batch);
    expect(queries.match("b")).not.toBeNull();
  });

  test("stays where it is while rows are held back, and a halt is the end of them", () => {
    const { db, projector, queries } = fresh();
    const batch = messagesOf(
      interleave([history("a").scheduled(), history("b").scheduled(), history("c").scheduled()]),
    );
    projector.take(batch.slice(0, 1));
    expect(projector.sequence).toBe(1);
    expect(queries.sequence()).toBe(0);
    expect(() => projector.apply(batch)).toThrow("settle first");
    db.pragma("journal_mode = MEMORY");
    const broken = batch.map((message) => (message.sequence === 2 ? poisoned(message) : message));
    expect(() => projector.take(broken)).toThrow(ProjectionHalted);
    expect(() => projector.take(batch)).toThrow("it cannot go on");
    expect(() => projector.settle()).toThrow("it cannot go on");
  });

  test("of another writer is a broken invariant", () => {
    const { db, projector } = fresh();
    db.pragma("journal_mode = MEMORY");
    db.exec("UPDATE checkpoint SET sequence = 5");
    expect(() => projector.apply(messagesOf(interleave([scheduled()]), 6))).toThrow("the checkpoint is not at 0");
  });

  test("refuses a batch out of order", () => {
    const { projector } = fresh();
    const [a, b] = messagesOf(interleave([history("a").scheduled(), history("b").scheduled()]));
    expect(() => projector.apply([b, a].filter((it) => it !== undefined))).toThrow("message 1 came after 2");
  });

  test("remembers the newest time of the dispatcher", () => {
    const { projector, queries } = fresh();
    const life = scheduled();
    const raise = (at: number) =>
      life.event(
        "match.gap.raised",
        { severity: "info", stage: "analyse", dueSince: new Date(kickoff).toISOString() },
        { actor: "pipeline:dispatch", time: at },
      );
    expect(queries.lastEventTime()).toBeNull();
    raise(kickoff - hour);
    raise(kickoff - 2 * hour);
    projector.apply(messagesOf(interleave([life])));
    expect(queries.lastEventTime()).toBe(kickoff - hour);
    projector.apply(messagesOf([{ subject: "match.a.x", body: "" }], 9));
    expect(queries.lastEventTime()).toBe(kickoff - hour);
  });
});

function poisoned<M extends { event: Recorded | null }>(message: M): M {
  return { ...message, event: { ...message.event, data: null } as unknown as Recorded };
}

describe("anomalies", () => {
  test("are what does not decode, what contradicts the match, and an id used twice; a letter is none", () => {
    const { projector, queries } = fresh();
    const life = scheduled().broken().analysed();
    const other = history("pl-2016-17-c-d").scheduled();
    const [first] = life.events;
    const letters = [
      ...interleave([life]),
      { subject: "match.retro.requested", body: "whatever" },
      letterOf("match", other.id, { ...other.last, id: first?.id ?? "" }),
      { subject: "weather.today", body: "{}" },
    ];
    projector.apply(messagesOf(letters));
    const { total, byKind, newest } = queries.anomalies();
    expect(total).toBe(4);
    expect(byKind).toEqual({ "bad-subject": 1, "duplicate-id": 1, ignored: 1, "not-json": 1 });
    expect(newest.map(({ sequence, matchId }) => [sequence, matchId])).toEqual([
      [6, null],
      [5, other.id],
      [3, life.id],
      [2, life.id],
    ]);
    expect(newest[2]?.detail).toBe("no open request asked for it");
    // It is still an event of its match: whoever folds the log alone has it too.
    expect(queries.match(other.id)?.fixture).not.toBeNull();
    expect(queries.match(life.id)?.version).toBe(3);
    expect(queries.eventCounts()).toEqual({ "match.analysed": 1, "match.scheduled": 2 });
  });

  test("include a poll nobody asked for", () => {
    const { projector, queries } = fresh();
    projector.apply(messagesOf([polled("01ARZ3NDEKTSV4RRFFQ69G5FAV", null)]));
    expect(queries.anomalies().byKind).toEqual({ ignored: 1 });
    expect(queries.source("archive.pl").version).toBe(1);
  });
});

function polled(id: string, causationId: string | null) {
  return letterOf("source", "archive.pl", {
    id,
    type: "source.polled",
    time: kickoff,
    actor: "pipeline:poll",
    causationId,
    data: {
      kind: "fixtures",
      window: { from: null, to: new Date(kickoff).toISOString() },
      ok: true,
      category: null,
      reason: null,
      retryAt: null,
      counts: { seen: 1, scheduled: 1, finished: 0, rejected: 0, quarantined: 0 },
      rejected: [],
      quarantined: [],
      budget: null,
      exhausted: true,
    },
  });
}

test("a source is the fold of its polls", () => {
  const { projector, queries } = fresh();
  const request = idOf("source", 1);
  const asked = letterOf("source", "archive.pl", {
    id: request,
    type: "source.poll.requested",
    time: kickoff,
    actor: "pipeline:dispatch",
    causationId: null,
    data: {
      kind: "fixtures",
      attempt: 1,
      reason: "due",
      budgetMs: 1000,
      window: { from: null, to: new Date(kickoff).toISOString() },
    },
  });
  projector.apply(messagesOf([asked]));
  expect(queries.source("archive.pl").polls.fixtures.request?.id).toBe(request);
  projector.apply(messagesOf([polled(idOf("source", 2), request)], 2));
  expect(queries.sources()).toEqual([queries.source("archive.pl")]);
  expect(queries.source("archive.pl")).toMatchObject({
    version: 2,
    exhausted: true,
    polls: { fixtures: { request: null } },
  });
  expect(queries.source("archive.bl1").version).toBe(0);
});

describe("the stages of a match", () => {
  test("keep how late a miss was that healed, whatever the kick-off does later", () => {
    const { projector, queries } = fresh();
    const life = scheduled().at(kickoff + hour);
    life.dispatch();
    life.retro().dispatch();
    life.after(minute).analysed();
    life.after(minute).scheduled({ kickoff: kickoff + 2 * minute });
    projector.apply(messagesOf(interleave([life])));
    const analyse = queries.stageRows(life.id).find(({ stage }) => stage === "analyse");
    expect(analyse).toMatchObject({ state: "done", dueAt: kickoff - 6 * hour, lateMs: 7 * hour + minute });
    expect(queries.stageRows(life.id).map(({ stage, state }) => `${stage} ${state}`)).toEqual([
      "analyse done",
      "lineups done",
      "predict open",
    ]);
  });

  test("of an earlier round stay", () => {
    const { projector, queries } = fresh();
    const life = scheduled()
      .at(kickoff - 6 * hour)
      .requested("analyse")
      .analysed();
    life
      .scheduled({ kickoff: kickoff + 3 * day })
      .at(kickoff + 3 * day - 6 * hour)
      .dispatch();
    projector.apply(messagesOf(interleave([life])));
    expect(queries.stageRows(life.id).map(({ round, stage, state }) => `${round} ${stage} ${state}`)).toEqual([
      "1 analyse done",
      "1 lineups open",
      "1 predict open",
      "2 analyse requested",
      "2 lineups open",
      "2 predict open",
    ]);
  });

  test("a settlement is late against what it rests on: a correction makes no old one late", () => {
    const { projector, queries } = fresh();
    const life = covered()
      .at(kickoff + 2 * hour)
      .finished(1, 0)
      .requested("settle")
      .after(minute)
      .settled();
    life
      .at(kickoff + 5 * day)
      .finished(2, 0)
      .requested("settle")
      .after(minute)
      .settled();
    projector.apply(messagesOf(interleave([life])));
    const settle = queries.stageRows(life.id).find(({ stage }) => stage === "settle");
    expect(settle).toMatchObject({ state: "done", dueAt: kickoff + 5 * day, lateMs: minute });
  });
});

function covered(id = "pl-2016-17-a-b") {
  const life = history(id)
    .scheduled()
    .at(kickoff - 6 * hour)
    .requested("analyse")
    .analysed();
  life
    .at(kickoff - hour)
    .requested("lineups")
    .lineups();
  return life
    .at(kickoff - 30 * minute)
    .requested("predict")
    .predicted([tip("elo", 1, 0), tip("poisson", 2, 0), tip("pi", 0, 1)]);
}

describe("scores", () => {
  test("are written by the settlement and rewritten whole by the next", () => {
    const { db, projector, queries } = fresh();
    const life = covered()
      .at(kickoff + 2 * hour)
      .finished(1, 0)
      .requested("settle")
      .settled();
    projector.apply(messagesOf(interleave([life])));
    const [best] = queries.panel({ retro: false });
    expect(best).toMatchObject({ model: "elo", n: 1, exact: 1, difference: 1, tendency: 1, points: 6 });
    expect(best?.logLoss).toBe(-Math.log(0.5));
    expect(best?.rps).toBe((0.25 + 0.0625) / 2);
    expect(best?.calibration).toBeCloseTo((0.5 + 0.5) / 3, 12);

    const corrected = life.entries.length;
    life.finished(0, 1).requested("settle").settled();
    projector.apply(messagesOf(interleave([life])).slice(corrected));
    expect(queries.panel({ retro: false })[0]).toMatchObject({ model: "pi", n: 1, exact: 1 });
    expect(db.prepare("SELECT answered FROM scores").pluck().all()).toEqual([3]);
    expect(queries.panel({ retro: true })).toEqual([]);
    expect(queries.panel({ competition: "bl1", retro: false })).toEqual([]);
    expect(queries.results("pl", kickoff)).toEqual([
      {
        matchId: life.id,
        competition: "pl",
        season: "2016-17",
        kickoff,
        home: "a",
        away: "b",
        score: { home: 0, away: 1 },
      },
    ]);
    expect(queries.results("pl", kickoff - 1)).toEqual([]);
  });

  test("count who was silent, and what that cost", () => {
    const { projector, queries } = fresh();
    const life = history()
      .scheduled()
      .at(kickoff - 6 * hour)
      .requested("analyse")
      .analysed()
      .at(kickoff - 30 * minute)
      .requested("predict");
    life.predicted([
      tip("elo"),
      { model: "pi", outcome: "abstained", category: null, reason: "no history", cost: 0.25 },
      { model: "poisson", outcome: "failed", category: "permanent", reason: "bad answer" },
    ]);
    life
      .at(kickoff + 2 * hour)
      .finished(1, 0)
      .requested("settle")
      .settled();
    projector.apply(messagesOf(interleave([life])));
    expect(
      queries
        .panel({ retro: false })
        .map(({ model, n, abstained, failed, cost }) => [model, n, abstained, failed, cost]),
    ).toEqual([
      ["elo", 1, 0, 0, 0],
      ["pi", 0, 1, 0, 0.25],
      ["poisson", 0, 0, 1, 0],
    ]);
  });
});

test("failures are those that stand, and say who dismissed them", () => {
  const { projector, queries } = fresh();
  const life = history()
    .scheduled()
    .at(kickoff - 6 * hour)
    .requested("analyse")
    .failed("analyse", { category: "permanent", reason: "no data" });
  const healed = history("pl-2016-17-c-d")
    .scheduled()
    .at(kickoff - 6 * hour)
    .requested("analyse")
    .failed("analyse");
  healed.after(minute).requested("analyse").analysed();
  projector.apply(messagesOf(interleave([life, healed])));
  expect(queries.failures({})).toMatchObject([
    {
      matchId: life.id,
      stage: "analyse",
      category: "permanent",
      reason: "no data",
      retryAt: null,
      dismissed: null,
      homeTeam: "A",
    },
  ]);
  expect(queries.tally().failed).toBe(1);
  life.event("match.failure.dismissed", { stage: "analyse", by: "me", reason: "known" });
  projector.apply(messagesOf(interleave([life]).slice(-1), projector.sequence + 1));
  expect(queries.failures({})).toEqual([]);
  expect(queries.failures({ dismissed: true })).toMatchObject([{ dismissed: { by: "me", reason: "known" } }]);
  expect(queries.tally().failed).toBe(0);
});

test("what a build was made from stays in it", () => {
  expect(dump(fresh().db).checkpoint).toMatchObject([{ ...origin, sequence: 0 }]);
});
