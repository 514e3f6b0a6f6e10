import { describe, expect, test } from "vitest";
import { appendToMatch, appendToSource } from "../../src/actors/append.ts";
import type { MatchEventType, NewEvent } from "../../src/match/event.ts";
import { unknownMatch } from "../../src/match/match.ts";
import { unknownSource } from "../../src/match/polling.ts";
import { history, kickoff, second } from "../support/history.ts";
import { manualClock, settled, testNode } from "../support/node.ts";

const known = history("pl-2016-17-a-b").scheduled();

async function scene() {
  const it = await testNode({ wall: manualClock(kickoff) });
  await it.write(known);
  const match = it.node.readModel.match(known.id) ?? unknownMatch(known.id);
  const fact = (reason: string): NewEvent<MatchEventType> => ({
    id: it.node.newId(it.node.clock.now()),
    type: "match.retry.requested",
    time: it.node.clock.now(),
    actor: "test",
    causationId: null,
    data: { by: "me", reason, stages: [], letter: null },
  });
  const reasons = () => it.events("match.retry.requested").map(({ data }) => data.reason);
  return { ...it, match, fact, reasons };
}

describe("an append", () => {
  test("to a match as it is known resolves with the match as it has become", async () => {
    const { node, match, fact, reasons } = await scene();
    const written = await appendToMatch(node, match, () => [fact("a"), fact("b")]);
    expect(written).toEqual({
      outcome: "appended",
      sequence: 3,
      state: expect.objectContaining({ id: match.id, version: 3 }),
    });
    expect(reasons()).toEqual(["a", "b"]);
    await node.readModel.reached(3);
    expect(written.state).toEqual(node.readModel.match(match.id));
  });

  test("of nothing is dropped without asking the log", async () => {
    const { node, match } = await scene();
    expect(await appendToMatch(node, match, () => null)).toEqual({ outcome: "dropped", state: match });
    expect(await appendToMatch(node, match, () => [])).toEqual({ outcome: "dropped", state: match });
    expect(await node.log.last()).toBe(1);
  });

  test("to a match that moved is decided again on what it has become", async () => {
    const { node, match, fact, reasons } = await scene();
    await appendToMatch(node, match, () => [fact("theirs")]);
    const versions: number[] = [];
    const written = await appendToMatch(node, match, (state) => {
      versions.push(state.version);
      return [fact(`mine at ${state.version}`)];
    });
    expect(versions).toEqual([1, 2]);
    expect(written).toMatchObject({ outcome: "appended", sequence: 3 });
    expect(reasons()).toEqual(["theirs", "mine at 2"]);
  });

  test("that holds no longer then is dropped, with the state that speaks against it", async () => {
    const { node, match, fact, reasons } = await scene();
    await appendToMatch(node, match, () => [fact("theirs")]);
    const written = await appendToMatch(node, match, (state) =>
      state.version === match.version ? [fact("mine")] : null,
    );
    expect(written).toMatchObject({ outcome: "dropped", state: { version: 2 } });
    expect(reasons()).toEqual(["theirs"]);
  });

  test("counts messages that are no events as moves", async () => {
    const { node, match, fact, server } = await scene();
    server.publish(`match.${match.id}.noise`, "?");
    expect(await appendToMatch(node, match, () => [fact("mine")])).toMatchObject({ outcome: "appended", sequence: 3 });
  });

  test("to a source follows the same rule", async () => {
    const { node } = await scene();
    const source = unknownSource("archive.pl");
    const asked = (): NewEvent<"source.poll.requested">[] => [
      {
        id: node.newId(1),
        type: "source.poll.requested",
        time: 1,
        actor: "test",
        causationId: null,
        data: {
          kind: "fixtures",
          attempt: 1,
          reason: "due",
          budgetMs: 1,
          window: { from: null, to: "2017-01-01T00:00:00.000Z" },
        },
      },
    ];
    const first = await appendToSource(node, source, asked);
    expect(first).toMatchObject({
      outcome: "appended",
      state: { version: 2, polls: { fixtures: { request: { sequence: 2 } } } },
    });
    const second = await appendToSource(node, source, (state) =>
      state.polls.fixtures.request === null ? asked() : null,
    );
    expect(second).toEqual({ outcome: "dropped", state: first.state });
  });
});

describe("a log that takes nothing", () => {
  test("for now is asked again every second until it does", async () => {
    const { node, match, fact, reasons, server, wall } = await scene();
    server.refuse("disk full");
    const versions: number[] = [];
    const written = appendToMatch(node, match, (state) => (versions.push(state.version), [fact("mine")]));
    await wall.advance(2.5 * second);
    expect(versions).toHaveLength(3);
    expect(reasons()).toEqual([]);
    server.refuse(null);
    await wall.advance(0.5 * second);
    expect(await written).toMatchObject({ outcome: "appended" });
    expect(reasons()).toEqual(["mine"]);
  });

  test("is no longer asked once the signal aborts", async () => {
    const { node, match, fact, server } = await scene();
    server.refuse("disk full");
    const controller = new AbortController();
    const written = appendToMatch(node, match, () => [fact("mine")], controller.signal);
    await settled();
    controller.abort(new RangeError("enough"));
    await expect(written).rejects.toThrow("enough");
  });

  test("for good makes it throw, naming the fact and the reason", async () => {
    const { node, match, fact } = await scene();
    const large = fact("x".repeat(300_000));
    await expect(appendToMatch(node, match, () => [large])).rejects.toThrow(
      /refuses match\.retry\.requested of pl-2016-17-a-b: .* bytes/,
    );
  });
});
