import { z } from "zod";
import { statuses, voidStatuses } from "../../match/status.ts";
import {
  category,
  count,
  instant,
  outcomes,
  positive,
  requestReason,
  score,
  sequence,
  severity,
  stage,
} from "./shared.ts";

const team = z.object({ id: z.string(), name: z.string() });

export const scheduled = z.object({
  competition: z.string(),
  season: z.string(),
  matchday: z.string().nullable(),
  teams: z.object({ home: team, away: team }),
  kickoff: instant,
  timeAssumed: z.boolean(),
  status: z.enum(statuses),
  source: z.object({ name: z.string(), ref: z.string() }),
  purpose: z.enum(["live", "history"]),
  observedAt: instant,
  changed: z.array(z.string()),
});

export const stageRequested = z.object({
  stage,
  round: positive,
  attempt: positive,
  reason: requestReason,
  budgetMs: z.number().min(0),
  retroactive: z.boolean(),
});

export const predictionRequested = stageRequested.extend({
  stage: z.literal("predict"),
  roster: z.array(z.object({ model: z.string(), version: z.string() })),
});

const formEntry = z.object({
  matchId: z.string(),
  kickoff: instant,
  opponent: z.string(),
  venue: z.enum(["home", "away"]),
  score,
  outcome: z.enum(["win", "draw", "loss"]),
});

const tableRow = z.object({
  position: positive,
  team: z.string(),
  played: count,
  won: count,
  drawn: count,
  lost: count,
  goalsFor: count,
  goalsAgainst: count,
  points: z.int(),
});

const meeting = z.object({ matchId: z.string(), kickoff: instant, home: z.string(), away: z.string(), score });

export const analysed = z.object({
  round: positive,
  asOf: instant,
  retroactive: z.boolean(),
  inputs: z.object({ results: count, latestKickoff: instant.nullable() }),
  form: z.object({ home: z.array(formEntry), away: z.array(formEntry) }),
  table: z.array(tableRow),
  ratings: z.object({ home: z.number(), away: z.number() }),
  movement: z.object({ home: z.number().nullable(), away: z.number().nullable() }),
  restDays: z.object({ home: z.number().nullable(), away: z.number().nullable() }),
  headToHead: z.array(meeting),
  expectedGoals: z.object({ home: z.number(), away: z.number() }),
  sources: z.object({ results: z.string(), ratings: z.string(), expectedGoals: z.string() }),
});

export const lineups = z.discriminatedUnion("available", [
  z.object({ round: positive, available: z.literal(true), home: z.array(z.string()), away: z.array(z.string()) }),
  z.object({ round: positive, available: z.literal(false), why: z.string() }),
]);

const usage = {
  tokens: z.object({ in: count, out: count }).exactOptional(),
  promptHash: z.string().exactOptional(),
};

const tip = z.object({
  model: z.string(),
  tip: score,
  probabilities: outcomes,
  latencyMs: z.number().min(0),
  cost: z.number().min(0),
  ...usage,
});

const noTip = z.object({
  model: z.string(),
  outcome: z.enum(["abstained", "resting", "failed"]),
  category: category.nullable(),
  reason: z.string(),
  retryAt: instant.exactOptional(),
  cost: z.number().min(0).exactOptional(),
  ...usage,
});

export const predicted = z.object({
  round: positive,
  retroactive: z.boolean(),
  answers: z.array(z.union([tip, noTip])),
});

export const finished = z.object({
  revision: positive,
  observedAt: instant,
  score: z.object({ regular: score, extraTime: score.nullable(), shootOut: score.nullable() }),
  how: z.enum(["regular", "extra-time", "shoot-out"]),
});

export const settled = z.object({
  basis: z.string(),
  revision: positive.nullable(),
  void: z.object({ reason: z.enum(["no-analysis", ...voidStatuses]), status: z.enum(statuses) }).nullable(),
  quotas: outcomes.nullable(),
  quotasFrom: z.enum(["live", "retro"]).nullable(),
  quotasOf: z.array(sequence),
  points: z.array(z.object({ model: z.string(), points: count })),
});

export const failed = z.object({
  stage,
  round: positive,
  attempt: count,
  of: count,
  category,
  reason: z.string().max(300),
  fingerprint: z.string(),
  retryAt: instant.nullable(),
});

export const operatorWord = z.object({
  by: z.string(),
  reason: z.string().nullable(),
  stages: z.array(stage).nullable(),
  letter: sequence.nullable(),
});

export const retroCancelled = z.object({ request: z.string(), by: z.string(), reason: z.string().nullable() });

export const failureMark = z.object({ stage, by: z.string(), reason: z.string() });

export const requestRejected = z.object({
  request: z.string(),
  letter: sequence,
  reasons: z.array(z.object({ code: z.string(), text: z.string() })),
});

export const requestNoop = z.object({ request: z.string(), letter: sequence, doneBy: sequence });

export const gapRaised = z.object({ severity, stage, dueSince: instant });

export const gapResolved = z.object({ severity, stage });
