import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectNats } from "../../src/events/connect.ts";
import { pause, wallClock } from "../../src/clock.ts";
import { liveNode, secondsForHours } from "../support/live-node.ts";
import { type AnswerModel, neverAnswers, tipOf } from "../support/scripted-models.ts";

const second = 1000;
const answerWithin = 5 * second;

describe.concurrent("letters and retro work, on the wall clock", () => {
  const node = liveNode({ policy: { inFlight: { analyse: 500, lineups: 500, predict: 200, settle: 2000, retro: 4 } } });
  const { source, models, facts } = node;
  let nats: Awaited<ReturnType<typeof connectNats>>;
  beforeAll(async () => {
    const { natsUrl } = await node.start();
    nats = await connectNats({ url: natsUrl });
  });
  afterAll(async () => {
    await nats.close();
    await node.remove();
  });

  /** As `nats pub` does. */
  async function post(letter: unknown): Promise<number> {
    const body = typeof letter === "string" ? letter : JSON.stringify(letter);
    const ack = await nats.request("match.retro.requested", body, { timeout: 5 * second });
    return ack.json<{ seq: number }>().seq;
  }

  const missed = (id: string) =>
    facts.first(5 * second, id, "match.failed", ({ data }) => data.stage === "predict" && data.category === "missed");

  async function ended(id: string, home: number, away: number): Promise<void> {
    await missed(id);
    source.finish(id, home, away);
    await facts.first(5 * second, id, "match.settled");
  }

  const rejectionOf = (letter: number, id = "_") =>
    facts.first(answerWithin, id, "match.request.rejected", ({ data }) => data.letter === letter);

  it("a void match is analysed, predicted and settled within 5 s of its last answer", async () => {
    // Every match here has the same guest. Of these results, one was usable at the as-of instant.
    const usable = source.add("usable", -30 * second, { status: "finished", score: { home: 0, away: 1 } });
    source.add("between", -5 * second, { status: "finished", score: { home: 0, away: 2 } });
    source.add("after", -second, { status: "finished", score: { home: 0, away: 3 } });
    const id = source.add("void", -3 * second);
    await ended(id, 2, 1);
    expect(facts.of(id, "match.settled").at(-1)?.data.void).toMatchObject({ reason: "no-analysis" });
    const letter = await post({ matchId: id, by: "ops", reason: "missed last night" });
    const asked = await facts.first(answerWithin, id, "match.retro.requested");
    expect(asked).toMatchObject({ actor: "unattested:ops", data: { letter, reason: "missed last night" } });
    const settled = await facts.first(10 * second, id, "match.settled", ({ data }) => data.void === null);
    const [analysed] = facts.of(id, "match.analysed");
    const predicted = facts.of(id, "match.predicted").at(-1);
    expect(analysed?.data.retroactive).toBe(true);
    expect(predicted?.data.retroactive).toBe(true);
    // In hindsight it knows what it would have known then.
    expect(Date.parse(analysed?.data.asOf ?? "")).toBe(
      (source.matches.get(id)?.kickoff ?? 0) - node.policy.due.analyse,
    );
    expect(analysed?.data.inputs.latestKickoff).toBe(new Date(source.matches.get(usable)?.kickoff ?? 0).toISOString());
    expect(analysed?.data.form.away.map(({ matchId }) => matchId)).toEqual([usable]);
    expect(settled.data).toMatchObject({
      quotasFrom: "retro",
      points: [{ points: 3 }, { points: 3 }, { points: 3 }],
    });
    expect(settled.time - (predicted?.time ?? 0)).toBeLessThan(5 * second);
    expect(facts.of(id).map(({ type }) => type)).not.toContain("match.lineups.requested");
  });

  it("retro answers leave the quotas of those in time alone, and only the missing ones are asked for", async () => {
    const id = source.add("partly", 3 * second);
    let before = true;
    models.answersOf.set(id, ({ model, signal }) => {
      if (model !== "pi") return tipOf(model);
      return before ? neverAnswers(signal) : tipOf(model, { home: 0, away: 3 });
    });
    await missed(id);
    before = false;
    source.finish(id, 0, 3);
    const first = await facts.first(8 * second, id, "match.settled");
    expect(first.data).toMatchObject({ quotasFrom: "live", quotas: { home: 2, draw: 6, away: 6 } });
    const analyses = facts.of(id, "match.analysed").length;
    const calls = models.calls.length;
    await post({ matchId: id });
    const again = await facts.first(10 * second, id, "match.settled", ({ sequence }) => sequence > first.sequence);
    expect(again.data.quotas).toEqual(first.data.quotas);
    expect(again.data.quotasFrom).toBe("live");
    expect(again.data.quotasOf).toEqual(first.data.quotasOf);
    expect(again.data.points).toEqual([
      { model: "elo", points: 0 },
      { model: "pi", points: 10 },
      { model: "poisson", points: 0 },
    ]);
    expect(
      models.calls
        .slice(calls)
        .filter(({ matchId }) => matchId === id)
        .map(({ model }) => model),
    ).toEqual(["pi"]);
    expect(facts.of(id, "match.analysed")).toHaveLength(analyses);
  });

  it("the same request twice makes one set of facts, and so does republishing a stored one", async () => {
    const id = source.add("twice", -3 * second);
    await ended(id, 1, 1);
    const [one, other] = [await post({ matchId: id }), await post({ matchId: id })];
    const asked = await facts.first(answerWithin, id, "match.retro.requested");
    expect(asked.data.letter).toBe(one);
    const noop = await facts.first(answerWithin, id, "match.request.noop");
    expect(noop.data.letter).toBe(other);
    const settled = await facts.first(10 * second, id, "match.settled", ({ data }) => data.void === null);
    const stored = await node.facts.log.read(asked.sequence);
    const third = await post(new TextDecoder().decode(stored?.body));
    const again = await facts.first(answerWithin, id, "match.request.noop", ({ data }) => data.letter === third);
    expect(again.data.doneBy).toBe(facts.of(id, "match.predicted").at(-1)?.sequence);
    await facts.passes(settled.time + second);
    expect(facts.of(id, "match.retro.requested")).toHaveLength(1);
    expect(facts.of(id, "match.analysed")).toHaveLength(1);
    expect(models.calls.filter(({ matchId }) => matchId === id)).toHaveLength(3);
  });

  it("what cannot be done is answered with the reason within 5 s", async () => {
    const ahead = source.add("ahead", 60 * second);
    await facts.first(5 * second, ahead, "match.scheduled");
    const letters: [unknown, string, string?][] = [
      ["matchId: x", "not-json"],
      [{ matchId: "cup-2026-nobody-guest" }, "unknown-match"],
      [{ matchId: ahead }, "not-yet-due", ahead],
      [{ matchId: ahead, force: true }, "bad-request"],
      [{ matchIds: Array.from({ length: 6000 }, (_, at) => `cup-2026-a${at}-b`) }, "too-large"],
      [{ days: 31 }, "bad-request"],
    ];
    for (const [letter, code, id] of letters) {
      const rejected = await rejectionOf(await post(letter), id);
      expect(rejected.data.reasons.map((it) => it.code)).toContain(code);
      expect(rejected.data.request.length).toBeLessThanOrEqual(2000);
    }
    expect(facts.of(ahead).map(({ type }) => type)).toEqual(["match.scheduled", "match.request.rejected"]);
    await node.app().readModel.rebuild();
    expect(node.app().readModel.state().state).toBe("following");
  });
});

describe.concurrent("live work beside much retro work, on the wall clock", () => {
  // Live matches are predicted soon after they are known: what is measured is short.
  const node = liveNode({
    policy: {
      due: { analyse: 8 * second, lineups: 7 * second, predict: 6 * second },
      budget: { ...secondsForHours.budget, predict: 5 * second },
    },
  });
  const { source, models, facts } = node;
  beforeAll(async () => void (await node.start()));
  afterAll(() => node.remove());

  const retroMatches = 300;
  const liveMatches = 20;

  it("goes first: its delay grows by less than 5 s", { timeout: 180 * second }, async () => {
    const begun = Array.from({ length: retroMatches }, (_, at) => source.add(`begun${at}`, -5 * second));
    const answer = provider(16);
    await Promise.all(
      begun.map((id) => facts.first(20 * second, id, "match.failed", ({ data }) => data.stage === "predict")),
    );
    for (const id of begun) models.answersOf.set(id, answer);
    const alone = await medianDelay("alone", answer);
    const nats = await connectNats({ url: node.app().natsUrl });
    await nats.request("match.retro.requested", JSON.stringify({ days: 7 }));
    await nats.close();
    await Promise.all(begun.map((id) => facts.first(10 * second, id, "match.retro.requested")));
    const beside = await medianDelay("beside", answer);
    const doneBy = begun.filter((id) => facts.of(id, "match.predicted").length > 0).length;
    // Otherwise there was nothing to go before.
    expect(doneBy).toBeLessThan(retroMatches);
    console.log(
      `${liveMatches} live predictions, median delay: ${alone} ms alone, ${beside} ms beside ${retroMatches} retro matches, ${doneBy} of them done by then`,
    );
    expect(beside - alone).toBeLessThan(5 * second);
    await Promise.all(begun.map((id) => facts.first(90 * second, id, "match.predicted")));
  });

  /** Milliseconds from when the predictions fell due to when they were there. */
  async function medianDelay(name: string, answer: AnswerModel): Promise<number> {
    const ids = Array.from({ length: liveMatches }, (_, at) =>
      source.add(`${name}${at}`, node.policy.due.predict + 1500),
    );
    for (const id of ids) models.answersOf.set(id, answer);
    const delays = await Promise.all(
      ids.map(async (id) => {
        const predicted = await facts.first(20 * second, id, "match.predicted");
        return predicted.time - ((source.matches.get(id)?.kickoff ?? 0) - node.policy.due.predict);
      }),
    );
    return delays.sort((a, b) => a - b)[Math.floor(delays.length / 2)] ?? Infinity;
  }
});

/** Answers so many calls at a time, each in 200 ms, first come first served: what retro work takes of it, live work waits for. */
function provider(atATime: number): AnswerModel {
  let free = atATime;
  const waiting: (() => void)[] = [];
  return async ({ model }) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    await pause(wallClock, 200);
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
    return tipOf(model);
  };
}
