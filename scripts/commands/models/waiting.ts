import { openModels, outcomeOf } from "../../../src/match/answers.ts";
import type { Policy } from "../../../src/match/policy.ts";
import { watchedSpan } from "../../../src/projections/gaps-at.ts";
import type { ReadOnlyModel } from "../../../src/projections/reader.ts";

/** A model that has failed in passing, and that matches wait for because such a failure is no final outcome. */
export interface Waiting {
  model: string;
  /** How many have a gap because of it, and maybe of others. */
  matches: number;
  /** Of its newest failure. */
  reason: string;
}

export function modelsWaitedFor(readModel: ReadOnlyModel, now: number, policy: Policy): Waiting[] {
  const { ahead, back } = watchedSpan(policy);
  const waiting = new Map<string, Waiting>();
  for (const { matchId, missing } of readModel.gaps(now, ahead, back, policy)) {
    const match = missing.includes("predict") ? readModel.match(matchId) : null;
    if (match === null) continue;
    for (const model of openModels(match)) {
      const outcome = outcomeOf(match, model);
      if (outcome === undefined) continue;
      const reason = `${outcome.category}: ${outcome.reason}`;
      waiting.set(model, { model, matches: (waiting.get(model)?.matches ?? 0) + 1, reason });
    }
  }
  return [...waiting.values()].sort((a, b) => b.matches - a.matches || (a.model < b.model ? -1 : 1));
}

export function describeWaiting({ model, matches, reason }: Waiting): string {
  const wait = matches === 1 ? "match waits" : "matches wait";
  return `${matches} ${wait} for ${model} (${reason}): mend it, or take it out of FULLTIME_PANEL and restart`;
}
