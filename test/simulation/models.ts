import { type Clock, pause } from "../../src/clock.ts";
import type { Models } from "../../src/forecast/models.ts";
import type { ModelAnswer } from "../../src/match/event.ts";
import type { Owner } from "./timeline.ts";
import { minute, second } from "./units.ts";
import type { World } from "./world.ts";

/** An answer that was handed over, and to whom. `mark` is found again in the answer itself. */
export interface Given {
  mark: number;
  matchId: string;
  model: string;
  to: Owner;
  at: number;
}

export interface FakeModels {
  connect(owner: Owner, clock: Clock, roster: readonly string[]): Models;
  readonly given: readonly Given[];
  /** When a model last failed a match, or took long. */
  readonly ill: Map<string, number>;
  /** Calls under way of nodes that live. */
  underWay(): number;
}

export function createModels(world: World, onAsk: (owner: Owner, model: string, matchId: string) => void): FakeModels {
  const random = world.random.fork();
  const { plan } = world;
  const given: Given[] = [];
  const ill = new Map<string, number>();
  const calls = new Set<Owner[]>();

  async function ask(
    owner: Owner,
    clock: Clock,
    model: string,
    matchId: string,
    signal: AbortSignal,
  ): Promise<ModelAnswer> {
    const began = clock.now();
    const outage = plan.modelOutages.find((it) => it.model === model && began >= it.from && began < it.to);
    const healthy = began >= world.healAt;
    const slow = !healthy && plan.slowModels && random.chance(0.1);
    if (outage !== undefined || slow) ill.set(matchId, began);
    const wait =
      outage?.how === "hangs" ? 100 * minute : slow ? random.int(8, 300) * second : random.int(30, 4 * second);
    await pause(clock, wait, signal);
    // A model that was told to stop says nothing: its answer would have been paid for, so it is none.
    if (signal.aborted) throw signal.reason;
    const mark = given.length + 1;
    given.push({ mark, matchId, model, to: owner, at: clock.now() });
    const steady = model === world.rosters[0][0];
    const odd = oddity(`${world.seed} ${model} ${matchId}`);
    if (outage?.how === "limited") {
      const retryAt = new Date(Math.min(outage.to, clock.now() + 20 * minute)).toISOString();
      return { ...failed(model, "rate-limited", mark), retryAt };
    }
    if (outage !== undefined) return failed(model, "transient", mark);
    if (!healthy && !steady && plan.modelFailures && random.chance(0.1)) {
      ill.set(matchId, clock.now());
      return failed(model, random.pick(["transient", "budget", "permanent"]), mark);
    }
    if (!steady && odd < 0.1) return { model, outcome: "abstained", category: null, reason: `knows neither #${mark}` };
    const probabilities = { home: 0.5, draw: 0.25, away: 0.25 };
    return {
      model,
      tip: { home: random.int(0, 3), away: random.int(0, 2) },
      probabilities,
      latencyMs: mark,
      cost: odd / 10,
    };
  }

  return {
    given,
    ill,
    underWay: () => [...calls].filter(([owner]) => owner?.dead === false).length,
    connect: (owner, clock, roster) => ({
      roster: roster.map((model) => ({ model, version: "1" })),
      async ask(model, { fixture }, signal) {
        onAsk(owner, model, fixture.matchId);
        const call = [owner];
        calls.add(call);
        try {
          return await ask(owner, clock, model, fixture.matchId, signal);
        } finally {
          calls.delete(call);
        }
      },
    }),
  };
}

function failed(
  model: string,
  category: "transient" | "rate-limited" | "budget" | "permanent",
  mark: number,
): ModelAnswer {
  return { model, outcome: "failed", category, reason: `out of order #${mark}` };
}

/** The mark of an answer in the log, null when it is none of ours. */
export function markOf(answer: ModelAnswer): number | null {
  if ("tip" in answer) return answer.latencyMs;
  const found = /#(\d+)$/.exec(answer.reason);
  return found === null ? null : Number(found[1]);
}

/** In [0, 1), the same for the same text: what a model makes of a match does not change between calls. */
function oddity(text: string): number {
  let hash = 2166136261;
  for (const char of text) hash = Math.imul(hash ^ char.charCodeAt(0), 16777619);
  return (hash >>> 8) / 2 ** 24;
}
