import { isTip } from "../../src/match/event.ts";
import type { LiveNode } from "../support/live-node.ts";
import { type LlmServer, slow } from "../support/llm-server.ts";

const second = 1000;

export function llmMembers(count: number, changes: object = {}): object[] {
  return Array.from({ length: count }, (_, at) => ({
    name: `llm-${at}`,
    family: "llm",
    model: `vendor/${at}`,
    ...changes,
  }));
}

/** So many matches that kick off at once, whose every model takes its time. */
export const kickOffs = {
  /** Predictions are due 300 s before kick-off, with the domain's own budget. */
  policy: {
    due: { analyse: 304 * second, lineups: 302 * second, predict: 300 * second },
    watch: { analyse: 600 * second, lineups: 600 * second, predict: 600 * second, settle: 600 * second },
    budget: { poll: 2 * second, analyse: 10 * second, lineups: second, predict: 600 * second, settle: 2 * second },
    waveEvery: second,
  },
  /** Resolves with the milliseconds from the first prediction request to the last answer, once all have answered. */
  async play(
    node: LiveNode,
    server: LlmServer,
    { matches, latencyMs }: { matches: number; latencyMs: number },
  ): Promise<number> {
    const roster = node.app().readModel;
    const models = 42;
    for (let at = 0; at < models; at++) server.plays.set(`vendor/${at}`, slow(latencyMs));
    const ids = Array.from({ length: matches }, (_, at) => node.source.add(`m${at}`, 301 * second));
    const waves = await node.facts.until(200 * second, `${matches} matches at once`, () => {
      const all = ids.flatMap((id) => node.facts.of(id, "match.predicted"));
      const tips = all.reduce((sum, { data }) => sum + data.answers.filter(isTip).length, 0);
      return tips === matches * models && ids.every((id) => roster.match(id)?.stages.predict.done) ? all : null;
    });
    const requests = ids.flatMap((id) => node.facts.of(id, "match.prediction.requested").map(({ time }) => time));
    return Math.max(...waves.map(({ time }) => time)) - Math.min(...requests);
  },
};
