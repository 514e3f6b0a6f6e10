import { Writable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { pino } from "pino";
import { promptHash } from "../../src/forecast/llm/prompt.ts";
import { type ModelAnswer, isTip } from "../../src/match/event.ts";
import { type LiveNode, liveNode, type LiveNodeOptions } from "../support/live-node.ts";
import { answers, fails, inTurn, type LlmServer, says, startLlmServer } from "../support/llm-server.ts";
import { kickOffs, llmMembers } from "./llm-support.ts";

const second = 1000;
const key = "sk-canary-0123456789";

let server: LlmServer;
beforeEach(async () => {
  server = await startLlmServer();
});
afterEach(() => server.stop());

const oracle = { name: "oracle", family: "llm", model: "vendor/oracle" };

async function running(members: readonly object[], options: LiveNodeOptions = {}): Promise<LiveNode> {
  const environment = { FULLTIME_LLM_URL: server.url, FULLTIME_LLM_KEY: key };
  const node = liveNode({ ...options, panel: { members, environment } });
  onTestFinished(() => node.remove());
  await node.start();
  return node;
}

/** A match whose predictions fall due a moment from now. */
const soon = (node: LiveNode, name: string) => node.source.add(name, 10.2 * second);

const answersOf = (node: LiveNode, id: string): ModelAnswer[] =>
  node.facts.of(id, "match.predicted").flatMap(({ data }) => data.answers);

const done = (node: LiveNode, id: string) =>
  node.facts.until(15 * second, id, () => (node.app().readModel.match(id)?.stages.predict.done ? true : null));

const given = (node: LiveNode, id: string, model: string) =>
  node.facts.until(15 * second, id, () => answersOf(node, id).find((answer) => answer.model === model));

describe("language models on a running node", () => {
  it("answer beside statistical members, each in its place", async () => {
    const node = await running([{ name: "elo", family: "elo" }, oracle, { name: "base", family: "base-rates" }]);
    const id = soon(node, "mixed");
    await done(node, id);
    const { roster } = (await node.facts.first(second, id, "match.prediction.requested")).data;
    expect(roster.map(({ model }) => model)).toEqual(["elo", "oracle", "base"]);
    const byModel = new Map(answersOf(node, id).map((answer) => [answer.model, answer]));
    expect(byModel.size).toBe(3);
    expect(byModel.get("oracle")).toMatchObject({
      tip: { home: 2, away: 1 },
      tokens: { in: 1000, out: 50 },
      promptHash,
    });
    expect(byModel.get("base")).not.toHaveProperty("promptHash");
    // The line-ups that the source told, and the analysis that stands in the log.
    const asked = server.requests[0]?.body.messages[1]?.content ?? "";
    expect(asked).toContain('"lineups":{"home":["one"],"away":["two"]}');
    expect(asked).toContain('"expectedGoals"');
  });

  it("are not asked again for an answer that the log has: not after a failure of others, nor after a restart", async () => {
    server.plays.set("vendor/flaky", inTurn(fails(503), fails(429, { "retry-after": "3" }), answers()));
    const node = await running([oracle, { ...oracle, name: "flaky", model: "vendor/flaky" }]);
    const id = soon(node, "once");
    const limited = await node.facts.first(
      15 * second,
      id,
      "match.failed",
      ({ data }) => data.category === "rate-limited",
    );
    await node.stop();
    await node.start();
    await done(node, id);
    expect(server.requestsOf("vendor/flaky")).toHaveLength(3);
    expect(server.requestsOf("vendor/oracle")).toHaveLength(1);
    expect(
      answersOf(node, id)
        .filter(isTip)
        .map(({ model }) => model),
    ).toEqual(["oracle", "flaky"]);
    // It was asked again when its server had said.
    const answer = node.facts.of(id, "match.predicted").at(-1);
    expect(answer?.time).toBeGreaterThanOrEqual(Date.parse(limited.data.retryAt ?? ""));
  });

  it("stop at their ceiling, and after a restart still know what they have cost", async () => {
    // 0.00105 an answer.
    const node = await running([{ ...oracle, price: { in: 1, out: 1 }, dailyCostMax: 0.0015 }]);
    for (const name of ["one", "two"]) await done(node, soon(node, name));
    const third = soon(node, "three");
    expect(await given(node, third, "oracle")).toMatchObject({ outcome: "failed", category: "budget" });
    await node.stop();
    await node.start();
    const fourth = soon(node, "four");
    const refused = await given(node, fourth, "oracle");
    expect(refused).toMatchObject({
      outcome: "failed",
      category: "budget",
      retryAt: expect.stringMatching(/T00:00:00.000Z$/),
    });
    const failed = await node.facts.first(15 * second, fourth, "match.failed");
    expect(failed.data).toMatchObject({
      category: "budget",
      attempt: 1,
      retryAt: (refused as { retryAt: string }).retryAt,
    });
    expect(server.requests).toHaveLength(2);
  });

  it("rest after five failures in a row, also of a node that starts meanwhile, and come back with the first answer", async () => {
    server.plays.set("vendor/oracle", says("I would rather not say."));
    const node = await running([oracle], { policy: { modelRest: 4 * second } });
    for (const name of ["a", "b", "c", "d", "e"]) await done(node, soon(node, name));
    // Two calls for each: the question and one repair.
    expect(server.requests).toHaveLength(10);
    await node.stop();
    await node.start();
    const resting = soon(node, "f");
    expect(await given(node, resting, "oracle")).toMatchObject({ outcome: "resting", category: null });
    expect(server.requests).toHaveLength(10);
    server.plays.delete("vendor/oracle");
    const last = node.facts.of("cup-2026-e-guest", "match.predicted").at(-1)?.time ?? 0;
    await node.facts.passes(last + 4 * second);
    const back = soon(node, "g");
    expect(await given(node, back, "oracle")).toMatchObject({ tip: { home: 2, away: 1 } });
    await done(node, back);
    expect(node.app().readModel.modelHealth("oracle")).toBeNull();
  });

  it("leave no trace of their key: not in the log, not in the node's own", async () => {
    const lines: string[] = [];
    const sink = new Writable({
      write(chunk: Buffer, _, next) {
        lines.push(chunk.toString());
        next();
      },
    });
    const echo = { message: `bad key ${key}`, code: key, type: key };
    server.plays.set(
      "vendor/oracle",
      inTurn(fails(401, { "x-key": key }, echo), fails(500, {}, echo), says(key, { model: key })),
    );
    const node = await running([oracle], { logger: pino({ level: "trace" }, sink) });
    for (const name of ["one", "two", "three"]) await given(node, soon(node, name), "oracle");
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${key}`);
    const decoder = new TextDecoder();
    for (const { body } of node.facts.messages) expect(decoder.decode(body)).not.toContain("canary");
    expect(lines.join("")).not.toContain("canary");
  });

  it("all answer when 20 matches kick off at once", { timeout: 60_000 }, async () => {
    const node = await running(llmMembers(42), { policy: kickOffs.policy });
    const tookMs = await kickOffs.play(node, server, { matches: 20, latencyMs: 100 });
    expect(server.requests).toHaveLength(20 * 42);
    expect(server.busiest).toBeLessThanOrEqual(64);
    expect(tookMs).toBeLessThan(60_000);
  });
});
