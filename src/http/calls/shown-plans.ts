import { Refused } from "../problem.ts";

/** Plans that dry runs of this node have shown, so that a stale one can be told apart match by match. */
export interface ShownPlans {
  remember(hash: string, matchIds: readonly string[]): void;
  /** What refuses a plan that is no longer what would run. */
  stale(hash: string, present: string, matchIds: readonly string[]): Refused;
}

const plansMax = 50;

/** As many differences as an answer names. */
export const differencesMax = 200;

export function createShownPlans(): ShownPlans {
  const plans = new Map<string, readonly string[]>();
  return {
    remember(hash, matchIds) {
      plans.delete(hash);
      plans.set(hash, matchIds);
      const [oldest] = plans.keys();
      if (plans.size > plansMax && oldest !== undefined) plans.delete(oldest);
    },
    stale(hash, present, matchIds) {
      const then = plans.get(hash);
      return stalePlan(hash, present, then === undefined ? [unknownPlan] : differ(then, matchIds));
    },
  };
}

const unknownPlan =
  "this node has not shown that plan, or long ago: ask for it again with dryRun, to the node that will run it";

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

function differ(then: readonly string[], now: readonly string[]): string[] {
  const [was, is] = [new Set(then), new Set(now)];
  return [
    ...then.filter((id) => !is.has(id)).map((id) => `${id}: no longer in it`),
    ...now.filter((id) => !was.has(id)).map((id) => `${id}: new in it`),
  ];
}
