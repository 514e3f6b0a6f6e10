import type { ModelAnswer, ModelOutcome } from "../match/event.ts";
import type { Node } from "./node.ts";

/** What each model has cost today (UTC), held against its ceiling. */
export interface ModelSpending {
  /** That the ceiling is reached, and when the next day begins; null while it is not. */
  exhausted(node: Node, model: string, dailyCostMax: number): ModelOutcome | null;
  /** Counts an answer at once: the log has it only with the next wave. */
  paid(node: Node, model: string, answer: ModelAnswer): void;
}

const dayMs = 86_400_000;

interface Account {
  day: number;
  /** As the log had it when this node first looked on that day. */
  before: number;
  /** Paid by this node since. */
  since: number;
}

/** The log is the account; of this node's own calls, a copy bridges the time until the log shows them. */
export function createModelSpending(): ModelSpending {
  const accounts = new Map<string, Account>();

  function accountOf({ readModel, clock }: Node, model: string): Account {
    const now = clock.now();
    const day = Math.floor(now / dayMs);
    let account = accounts.get(model);
    if (account?.day !== day)
      accounts.set(model, (account = { day, before: readModel.modelCost(model, now), since: 0 }));
    return account;
  }

  return {
    exhausted(node, model, dailyCostMax) {
      const { day, before, since } = accountOf(node, model);
      const spent = Math.max(before + since, node.readModel.modelCost(model, day * dayMs));
      if (spent < dailyCostMax) return null;
      const reason = `it has cost ${Number(spent.toPrecision(6))} today, its ceiling is ${dailyCostMax} a day`;
      const retryAt = new Date((day + 1) * dayMs).toISOString();
      return { model, outcome: "failed", category: "budget", reason, retryAt };
    },
    paid(node, model, { cost = 0 }) {
      if (cost > 0) accountOf(node, model).since += cost;
    },
  };
}
