import { defaultPolicy, type Policy } from "../../src/match/policy.ts";
import { type Fixture, planFixtures } from "./fixtures.ts";
import { planFaults, type Plan } from "./plan.ts";
import { type Random, seededRandom } from "./random.ts";
import { hour, minute, second } from "./units.ts";

/** What a seed decides before anything happens. */
export interface World {
  seed: number;
  start: number;
  /** Faults end here: from now on everything is healthy and the source tells the truth. */
  healAt: number;
  endAt: number;
  policy: Policy;
  fixtures: Fixture[];
  /** Models by name; a node that starts after `rosterChange` has the second list. */
  rosters: [string[], string[]];
  rosterChangeAt: number;
  plan: Plan;
  random: Random;
}

const start = Date.parse("2024-03-01T06:00:00.000Z");

export function createWorld(seed: number): World {
  const random = seededRandom(Math.imul(seed, 0x9e37_79b1) ^ 0x5eed);
  const policy = planPolicy(random);
  const fixtures = planFixtures(random, start);
  const healAt = Math.max(...fixtures.map((fixture) => fixture.lastChangeAt)) + 2 * hour;
  const models = ["anna", "bert", "carl", "dora", "emil", "fred", "gina"];
  const first = models.slice(0, random.int(3, 6));
  // The first member is the steady one that every match can count on.
  const later = [first[0] as string, ...random.shuffle(models.slice(1)).slice(0, random.int(2, 5))];
  return {
    seed,
    start,
    healAt,
    endAt: healAt + 7 * hour,
    policy,
    fixtures,
    rosters: [first, random.chance(0.4) ? later : first],
    rosterChangeAt: start + random.int(0, healAt - start),
    plan: planFaults(random, { start, healAt, fixtures, models }),
    random,
  };
}

/** Mostly shorter budgets than the domain's, so that more of them run out in a run. */
function planPolicy(random: Random): Policy {
  const base: Policy = { ...defaultPolicy, waveEvery: random.pick([400, 900, 3000]) };
  if (random.chance(0.15)) return base;
  return {
    ...base,
    budget: { poll: 40 * second, analyse: minute, lineups: 30 * second, predict: 100 * second, settle: 45 * second },
    retroBudget: { analyse: 50 * second, predict: 90 * second, settle: 30 * second },
    unansweredAfter: random.pick([20 * second, minute]),
  };
}
