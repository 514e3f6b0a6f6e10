import { Refused } from "../problem.ts";

/** Plans that dry runs of this node have shown, so that a stale one can be told apart match by match. */
export interface ShownPlans<Plan> {
  remember(hash: string, plan: Plan): void;
  /** null: not shown here, or long ago. */
  find(hash: string): Plan | null;
}

const plansMax = 50;

/** As many differences as an answer names. */
export const differencesMax = 200;

export function createShownPlans<Plan>(): ShownPlans<Plan> {
  const plans = new Map<string, Plan>();
  return {
    remember(hash, plan) {
      plans.delete(hash);
      plans.set(hash, plan);
      const [oldest] = plans.keys();
      if (plans.size > plansMax && oldest !== undefined) plans.delete(oldest);
    },
    find: (hash) => plans.get(hash) ?? null,
  };
}

/** 409: the plan that was previewed is not what would run. */
export function stalePlan(hash: string, present: string, differences: readonly string[]): Refused {
  return new Refused(409, `plan ${hash} is no longer what would run, which is plan ${present}`, {
    extension: {
      planHash: present,
      differences: differences.slice(0, differencesMax),
      differencesTotal: differences.length,
    },
  });
}
