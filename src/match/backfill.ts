import { isComplete, isCovered, openModels } from "./answers.ts";
import { digest } from "./digest.ts";
import type { Stage } from "./event.ts";
import { missingStages, retroStages } from "./evolve-words.ts";
import type { Fixture, Match } from "./match.ts";
import type { Policy } from "./policy.ts";
import { hasBegun, isMoved } from "./schedule.ts";
import { basisOf } from "./settlement.ts";
import { resettling } from "./settlement-retry.ts";
import { isTerminal, isVoid, type Status } from "./status.ts";

/** The stages that can be run in hindsight. Line-ups are never fetched after kick-off. */
export const backfillStages = ["analyse", "predict", "settle"] as const satisfies readonly Stage[];

/** How far back a backfill of days may reach. */
export const daysMax = 30;

export interface BackfillScope {
  /** Of `backfillStages`; null: whatever is missing. */
  stages: readonly Stage[] | null;
  /** Epoch milliseconds. */
  now: number;
  policy: Policy;
  /** The models of a match whose roster no request has frozen yet. */
  roster: readonly string[];
}

/** What a backfill runs on one match. */
export interface Lack {
  matchId: string;
  /** What the request asks for, in the order it is run. */
  stages: Stage[];
  /** The models that are called, by name: those without a final outcome. */
  models: readonly string[];
  /** Whether the match is settled anew at the end, asked for or not: new answers are a new basis. */
  settles: boolean;
}

export const reasonsToSkip = {
  unknown: "there is no such match",
  history: "it is history: it is never predicted",
  "not begun": "it has not begun: it is predicted before kick-off, without a request",
  postponed: "it is postponed: it will be predicted before its new kick-off",
  "being moved": "its kick-off has just moved: what that closes is not closed yet",
  "under way": "retro work is under way on it",
  "nothing missing": "it lacks nothing",
} as const;
export type Skip = keyof typeof reasonsToSkip;

/** All of a match that decides what a backfill runs on it, whenever that is asked. */
export interface Hindsight {
  matchId: string;
  purpose: Fixture["purpose"];
  status: Status;
  /** Epoch milliseconds, as that of its round; null where no round has one yet. */
  kickoff: number;
  roundKickoff: number | null;
  /** Retro work is under way. */
  retro: boolean;
  analysed: boolean;
  /** Every roster model has a final outcome; `models`: those that have none, by name, null while no roster is frozen. */
  complete: boolean;
  models: readonly string[] | null;
  /** An operator's word has a settlement to start. */
  unsettled: boolean;
}

/** null for a match that nobody has scheduled. */
export function hindsightOf(match: Match): Hindsight | null {
  const { fixture, round } = match;
  if (fixture === null) return null;
  return {
    matchId: match.id,
    purpose: fixture.purpose,
    status: fixture.status,
    kickoff: fixture.kickoff,
    roundKickoff: round.kickoff,
    retro: match.retro !== null,
    analysed: match.stages.analyse.done !== null,
    complete: isComplete(match),
    models: round.roster === null ? null : sortedOnce(openModels(match)),
    unsettled: resettling(match, "unsettled") === "accepted",
  };
}

/** Whether there can be an instant at which a backfill has something to do with it, or leaves it out for what passes. */
export function mayLack(hindsight: Hindsight): boolean {
  const { purpose, status, kickoff, roundKickoff, retro, analysed, complete, unsettled } = hindsight;
  if (purpose === "history") return false;
  if (retro || unsettled || status === "postponed") return true;
  if (!isTerminal(status) && roundKickoff !== null && roundKickoff !== kickoff) return true;
  return !isVoid(status) && !(analysed && complete);
}

/** What a match lacks that a retro request would run now, by the rules that run it; or why there is nothing to request. */
export function lackOf(match: Match | null, scope: BackfillScope): Lack | Skip {
  return lackIn(match === null ? null : hindsightOf(match), scope);
}

/** The same, from what decides it. */
export function lackIn(hindsight: Hindsight | null, { stages, now, policy, roster }: BackfillScope): Lack | Skip {
  if (hindsight === null) return "unknown";
  const { matchId, purpose, status, roundKickoff, unsettled } = hindsight;
  if (purpose === "history") return "history";
  if (status === "postponed") return "postponed";
  if (!hasBegun(hindsight, now)) return "not begun";
  if (isMoved(hindsight, roundKickoff, policy)) return "being moved";
  if (hindsight.retro) return "under way";
  const wanted = stages ?? backfillStages;
  const work = isVoid(status) ? [] : missingStages(hindsight, wanted);
  const models = work.includes("predict") ? (hindsight.models ?? sortedOnce(roster)) : [];
  const rescored = isTerminal(status) && models.length > 0;
  const settles = rescored || (wanted.includes("settle") && unsettled);
  const asked: Stage[] = settles && wanted.includes("settle") ? [...work, "settle"] : work;
  return asked.length === 0 ? "nothing missing" : { matchId, stages: asked, models, settles };
}

/** Thousands of matches are held against one list, and a match's stays the same over most of its events. */
const sorted = new WeakMap<readonly string[], readonly string[]>();

function sortedOnce(models: readonly string[]): readonly string[] {
  let known = sorted.get(models);
  if (known === undefined) sorted.set(models, (known = models.toSorted()));
  return known;
}

/** Whether what a backfill asked for is still being worked on, has been done, or was given up. */
export function backfillEnd(match: Match, stages: readonly Stage[] | null): "running" | "done" | "failed" {
  if (match.retro !== null) return "running";
  const wanted = stages ?? backfillStages;
  const basis = basisOf(match);
  if (wanted.includes("settle") && basis !== null && basis !== match.settlement?.basis) {
    const { failure } = match.stages.settle;
    return failure !== null && failure.retryAt === null ? "failed" : "running";
  }
  const status = match.fixture?.status;
  if (status !== undefined && isVoid(status)) return "done";
  if (retroStages(match, wanted).length > 0) return "failed";
  return wanted.includes("predict") && !isCovered(match) ? "failed" : "done";
}

export interface BackfillPlan {
  /** Of what is run, not of what it is thought to cost. */
  planHash: string;
  matches: { matchId: string; stages: Stage[]; modelCalls: number }[];
  modelCalls: number;
  analyses: number;
  settlements: number;
  /** In the currency of the panel, by what each model's settled answers have cost so far: 0 for one without any. */
  cost: number;
}

/** Sums up what a backfill runs. */
export function planOf(lacks: readonly Lack[], costs: ReadonlyMap<string, number>): BackfillPlan {
  let [modelCalls, cost] = [0, 0];
  for (const { models } of lacks) {
    modelCalls += models.length;
    for (const model of models) cost += costs.get(model) ?? 0;
  }
  return {
    planHash: digest(contentOf(lacks)),
    matches: byMatch(lacks).map(({ matchId, stages, models }) => ({ matchId, stages, modelCalls: models.length })),
    modelCalls,
    analyses: lacks.filter(({ stages }) => stages.includes("analyse")).length,
    settlements: lacks.filter(({ settles }) => settles).length,
    cost: Math.round(cost * 1e6) / 1e6,
  };
}

/** What a plan's hash is made of: two plans have one content exactly if they run the same. */
export function contentOf(lacks: readonly Lack[]): string {
  return byMatch(lacks)
    .map(({ matchId, stages, models, settles }) => `${matchId} ${stages.join()} ${models.join()} ${settles}`)
    .join("\n");
}

function byMatch(lacks: readonly Lack[]): Lack[] {
  return [...lacks].sort((a, b) => (a.matchId < b.matchId ? -1 : 1));
}

/** What an answer of each model has cost on average. */
export function costsOf(matches: Iterable<Match>): Map<string, number> {
  const sums = new Map<string, { cost: number; answers: number }>();
  for (const { answers } of matches) {
    for (const { model, cost } of answers) {
      const sum = sums.get(model) ?? { cost: 0, answers: 0 };
      sums.set(model, { cost: sum.cost + cost, answers: sum.answers + 1 });
    }
  }
  return new Map([...sums].map(([model, { cost, answers }]) => [model, cost / answers]));
}
