import type { RosterEntry } from "../match/event.ts";
import type { Models } from "./models.ts";

/** One panel of models of several kinds, in the order of `roster`. Throws a RangeError when one of it is in none of the parts. */
export function mixedModels(roster: readonly RosterEntry[], parts: readonly Models[]): Models {
  const owners = new Map(parts.flatMap((part) => part.roster.map(({ model }) => [model, part] as const)));
  for (const { model } of roster) {
    if (!owners.has(model)) throw new RangeError(`nobody answers for model "${model}"`);
  }
  return {
    roster,
    terms: (model) => owners.get(model)?.terms?.(model) ?? null,
    async expectedGoals(asked, signal) {
      for (const part of parts) {
        const goals = (await part.expectedGoals?.(asked, signal)) ?? null;
        if (goals !== null) return goals;
      }
      return null;
    },
    ask(model, question, signal) {
      const owner = owners.get(model);
      if (owner !== undefined) return owner.ask(model, question, signal);
      // Frozen into the round before the panel was changed.
      const reason = `the panel has no member "${model}" any more`;
      return Promise.resolve({ model, outcome: "abstained", category: null, reason });
    },
  };
}
