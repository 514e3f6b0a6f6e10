import { describe, expect, test } from "vitest";
import { intakeActor } from "../../src/actors/intake.ts";
import { decode } from "../../src/events/envelope.ts";
import type { Faults } from "../../src/events/memory.ts";
import { letterBox } from "../../src/events/subjects.ts";
import { day, type History, history, hour, kickoff } from "../support/history.ts";
import { manualClock, settled, testNode } from "../support/node.ts";
import { gate } from "./stage-support.ts";

const now = kickoff + 3 * hour;

/** A match that ended without its predictions. */
const missed = (id: string, at = kickoff) =>
  history(id, at - 2 * day)
    .scheduled({ kickoff: at })
    .at(at + 2 * hour)
    .finished(2, 1);

async function scene(lives: History[], faults: Faults = {}) {
  const it = await testNode({ wall: manualClock(now), faults });
  for (const life of lives) await it.write(life);
  it.run(intakeActor);
  const before = it.server.messages.length;
  return {
    ...it,
    /** Puts a letter in the box; the letter's sequence. */
    async post(letter: unknown) {
      const sequence = it.server.publish(letterBox, typeof letter === "string" ? letter : JSON.stringify(letter));
      await settled();
      return sequence;
    },
    /** What was appended since, with its match. */
    answers: () =>
      it.server.messages.slice(before).flatMap((message) => {
        const { entity, event } = decode(message);
        return event === null ? [] : [{ match: entity?.id, ...event }];
      }),
  };
}

const known = "pl-2016-17-a-b";
const other = "pl-2016-17-c-d";

describe("a letter about a match that lacks something", () => {
  test("becomes its retro request", async () => {
    const it = await scene([missed(known)]);
    const letter = await it.post({ matchId: known, stages: ["predict"], reason: "outage", by: "anna" });
    expect(it.answers()).toEqual([
      expect.objectContaining({
        match: known,
        type: "match.retro.requested",
        time: now,
        actor: "unattested:anna",
        causationId: null,
        data: { by: "anna", reason: "outage", stages: ["predict"], letter },
      }),
    ]);
    expect(it.node.readModel.match(known)?.retro?.stages).toEqual(["analyse", "predict"]);
    expect(await it.node.log.pending()).toBe(0);
  });

  test("without a name is anonymous", async () => {
    const it = await scene([missed(known)]);
    await it.post({ matchId: known });
    expect(it.answers()).toMatchObject([
      { actor: "unattested:anonymous", data: { by: "anonymous", reason: null, stages: null } },
    ]);
  });

  test("about several becomes a request for each", async () => {
    const it = await scene([missed(known), missed(other)]);
    const letter = await it.post({ matchIds: [known, other] });
    expect(it.answers().map(({ match, type, data }) => [match, type, "letter" in data && data.letter])).toEqual([
      [known, "match.retro.requested", letter],
      [other, "match.retro.requested", letter],
    ]);
  });

  test("about the last days asks for those matches that lack something, and no others", async () => {
    const complete = history("pl-2016-17-e-f")
      .scheduled()
      .at(kickoff - 6 * hour)
      .requested("analyse")
      .analysed();
    complete
      .at(kickoff - hour / 2)
      .requested("predict")
      .predicted();
    const it = await scene([
      missed(known),
      missed(other, kickoff - 3 * day),
      missed("pl-2016-17-g-h", kickoff - 9 * day),
      complete,
    ]);
    await it.post({ days: 7 });
    const retro = [known, other, "pl-2016-17-e-f", "pl-2016-17-g-h"].filter(
      (id) => it.node.readModel.match(id)?.retro !== null,
    );
    expect(retro).toEqual([known, other]);
    expect(it.answers()).toHaveLength(2);
  });

  test("about days in which nothing is missing is told so", async () => {
    const it = await scene([missed("pl-2016-17-g-h", kickoff - 9 * day)]);
    const letter = await it.post({ days: 2 });
    expect(it.answers()).toMatchObject([
      { match: "_", type: "match.request.rejected", data: { letter, reasons: [{ code: "nothing-missing" }] } },
    ]);
  });

  test("is not decided again when the consumer was removed and made anew", async () => {
    const it = await scene([missed(known)]);
    await it.post({ days: 7 });
    await it.write(missed(other));
    it.server.removeConsumer("intake");
    await settled();
    expect(it.answers().filter(({ type }) => type !== "match.scheduled" && type !== "match.finished")).toMatchObject([
      { match: known, type: "match.retro.requested" },
    ]);
  });

  test("is answered once, though it is delivered twice", async () => {
    const { passed, open } = gate();
    const it = await scene([missed(known)], {
      pause: (point) => (point === "ack:intake:before" ? passed : Promise.resolve()),
    });
    await it.post({ matchIds: [known, "pl-2016-17-x-y"] });
    it.server.redeliver("intake", null);
    await settled();
    open();
    await settled();
    expect(
      it
        .answers()
        .map(({ type }) => type)
        .toSorted(),
    ).toEqual(["match.request.rejected", "match.retro.requested"]);
    expect(await it.node.log.pending()).toBe(0);
  });

  test("posted twice is two letters: the second finds it under way", async () => {
    const it = await scene([missed(known)]);
    await it.post({ matchId: known });
    const letter = await it.post({ matchId: known });
    const [first, second] = it.answers();
    expect(second).toMatchObject({
      type: "match.request.noop",
      data: { request: `{"matchId":"${known}"}`, letter, doneBy: first?.sequence },
    });
  });

  test("about a settlement that failed opens it anew", async () => {
    const life = missed(known);
    life.retro().requested("analyse").analysed().requested("predict").failed("predict", { category: "permanent" });
    life.requested("settle").failed("settle", { category: "no-predictions" });
    const it = await scene([life]);
    await it.post({ matchId: known, stages: ["settle"] });
    expect(it.answers()).toMatchObject([{ type: "match.retro.requested", data: { stages: ["settle"] } }]);
    expect(it.node.readModel.match(known)?.stages.settle).toMatchObject({
      failure: null,
      opened: { reason: "operator" },
    });
  });
});

describe("a letter that cannot be done is rejected under its match", () => {
  test.for([
    ["not-yet-due", history(known).scheduled({ kickoff: now + hour }), "kicks off at 2017-01-14T19:00:00.000Z"],
    ["void", history(known).scheduled({ status: "cancelled" }), "is cancelled: there is nothing to predict"],
    [
      "postponed",
      history(known).scheduled({ status: "postponed" }),
      "is postponed: it will be predicted before its new kick-off",
    ],
    ["history", history(known).scheduled({ purpose: "history" }), "is history: it is never predicted"],
  ] as const)("%s", async ([code, life, text]) => {
    const it = await scene([life]);
    const letter = await it.post({ matchId: known });
    expect(it.answers()).toMatchObject([
      {
        type: "match.request.rejected",
        data: { request: `{"matchId":"${known}"}`, letter, reasons: [{ code, text: expect.stringContaining(text) }] },
      },
    ]);
    expect(it.server.messages.at(-1)?.subject).toBe(`match.${known}.request.rejected`);
  });

  test("done already, with what did it", async () => {
    const life = missed(known).retro().requested("analyse").analysed().requested("predict").predicted();
    const it = await scene([life]);
    const letter = await it.post({ matchId: known });
    const doneBy = it.node.readModel.match(known)?.stages.predict.done?.sequence;
    expect(it.answers()).toMatchObject([{ type: "match.request.noop", data: { letter, doneBy } }]);
  });
});

describe("what names no known match is rejected under _", () => {
  test.for([
    ["not JSON", "predict it", "not-json"],
    ["no request", { match: known }, "bad-request"],
    ["too large", " ".repeat(70_000), "too-large"],
    ["an unknown match", { matchId: "pl-2016-17-x-y" }, "unknown-match"],
    ["no match id at all", { matchId: "match.>" }, "unknown-match"],
    ["the letter box itself", { matchId: "retro" }, "unknown-match"],
    ["those rejected before", { matchId: "_" }, "unknown-match"],
    ["an endless id", { matchId: "x".repeat(60_000) }, "unknown-match"],
  ] as const)("%s", async ([, body, code]) => {
    const it = await scene([missed(known)]);
    const letter = await it.post(body);
    expect(it.answers()).toMatchObject([{ type: "match.request.rejected", data: { letter, reasons: [{ code }] } }]);
    expect(it.server.messages.at(-1)?.subject).toBe("match._.request.rejected");
    expect(await it.node.log.pending()).toBe(0);
    await it.post(body);
    expect(it.answers()).toHaveLength(2);
  });

  test("in one answer that names all of them, beside those of the known ones", async () => {
    const it = await scene([missed(known)]);
    await it.post({ matchIds: ["pl-2016-17-x-y", known, "pl-2016-17-v-w"] });
    const rejected = it.events("match.request.rejected");
    expect(rejected).toHaveLength(1);
    expect(rejected[0]?.data.reasons.map(({ text }) => text)).toEqual([
      "there is no match pl-2016-17-x-y: see fulltime matches",
      "there is no match pl-2016-17-v-w: see fulltime matches",
    ]);
    expect(it.events("match.retro.requested")).toHaveLength(1);
  });

  test("in an answer of bounded size", async () => {
    const it = await scene([]);
    await it.post({ matchIds: Array.from({ length: 5000 }, (_, i) => `x${i}`) });
    const [rejected] = it.events("match.request.rejected");
    expect(rejected?.data.reasons).toHaveLength(51);
    expect(rejected?.data.reasons.at(-1)?.text).toBe("nor are there 4950 more of those named");
    expect(rejected?.data.request).toHaveLength(2000);
  });
});
