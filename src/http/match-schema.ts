import { z } from "zod";
import * as fields from "./fields.ts";

const probabilities = z.object({ home: z.number(), draw: z.number(), away: z.number() });

const fixture = z.object({
  competition: z.string(),
  season: z.string(),
  matchday: z.string().nullable(),
  home: fields.teamSchema,
  away: fields.teamSchema,
  kickoff: fields.instantSchema,
  timeAssumed: z.boolean().meta({ description: "the source gave a day without a time" }),
  status: fields.statusSchema,
  purpose: z.enum(["live", "history"]),
  source: z.object({ name: z.string(), ref: z.string() }),
  observedAt: fields.instantSchema,
});

const stage = z.object({
  stage: fields.stageSchema,
  round: z.int(),
  due: fields.instantSchema.nullable(),
  doneAt: fields.instantSchema.nullable(),
  lateSeconds: z.number().meta({ description: "how long after it fell due it was done; 0 in time or not done" }),
  state: z.enum(["open", "requested", "done", "waiting", "failed", "missed"]).meta({
    description: "`waiting`: failed, and tried again later; `failed`: given up; `missed`: open at kick-off",
  }),
  attempts: z.int().meta({ description: "attempts burnt since the stage was opened" }),
});

const request = z.object({
  stage: fields.stageSchema,
  id: z.string(),
  sequence: z.int(),
  time: fields.instantSchema,
  attempt: z.int(),
  reason: z.enum(["due", "catch-up", "retry", "retro", "operator"]),
  budgetMs: z.number(),
  retroactive: z.boolean(),
  causationId: z.string().nullable(),
});

const answer = z.object({
  model: z.string(),
  round: z.int(),
  tip: fields.scoreSchema,
  probabilities,
  cost: z.number(),
  retroactive: z.boolean(),
  counts: z.union([z.literal(true), z.enum(["late", "superseded", "duplicate"])]).meta({
    description: "true, or why it does not count",
  }),
  points: z.number().nullable().meta({ description: "null where nothing has been settled, or it does not count" }),
  time: fields.instantSchema,
  sequence: z.int(),
});

const outcome = z.object({
  model: z.string(),
  round: z.int(),
  outcome: z.enum(["abstained", "resting", "failed"]),
  category: fields.categorySchema.nullable(),
  reason: z.string(),
  retryAt: fields.instantSchema.optional().meta({ description: "when the model may be asked again" }),
  cost: z.number().optional(),
  sequence: z.int(),
});

const result = z.object({
  revision: z.int(),
  score: z.object({
    regular: fields.scoreSchema,
    extraTime: fields.orNull(fields.scoreSchema),
    shootOut: fields.orNull(fields.scoreSchema),
  }),
  how: z.enum(["regular", "extra-time", "shoot-out"]),
  observedAt: fields.instantSchema,
  time: fields.instantSchema,
  sequence: z.int(),
});

const settlement = z.object({
  basis: z.string(),
  revision: z.int().nullable(),
  void: z.object({ reason: z.string(), status: fields.statusSchema }).nullable(),
  quotas: z.object({ home: z.int(), draw: z.int(), away: z.int() }).nullable(),
  quotasFrom: z.enum(["live", "retro"]).nullable(),
  quotasOf: z.array(z.int()),
  points: z.array(z.object({ model: z.string(), points: z.number() })),
  id: z.string(),
  sequence: z.int(),
  time: fields.instantSchema,
});

const failure = z.object({
  stage: fields.stageSchema,
  category: fields.categorySchema,
  reason: z.string(),
  fingerprint: z.string(),
  attempt: z.int(),
  of: z.int(),
  failedAt: fields.instantSchema,
  retryAt: fields.instantSchema.nullable().meta({ description: "null: given up" }),
  dismissed: z
    .object({
      by: z.string(),
      reason: z.string().nullable().meta({ description: "null for who may not read it" }),
    })
    .nullable(),
  id: z.string(),
  sequence: z.int(),
});

/** The answer of `GET /api/matches/:id`. */
export const matchSchema = z
  .object({
    id: z.string(),
    version: z.int().meta({ description: "sequence of the newest message under the match" }),
    updatedAt: fields.instantSchema,
    fixture: fixture.nullable().meta({ description: "null while nobody has scheduled it" }),
    round: z.object({
      number: z.int(),
      kickoff: fields.instantSchema.nullable(),
      roster: z.array(z.object({ model: z.string(), version: z.string() })).nullable(),
    }),
    stages: z.array(stage).meta({ description: "by round, then in the order of the stages" }),
    requests: z.array(request).meta({ description: "those that nobody has answered yet" }),
    analysis: z
      .object({ id: z.string(), sequence: z.int(), asOf: fields.instantSchema, retroactive: z.boolean() })
      .nullable(),
    answers: z.array(answer).meta({ description: "every tip that was ever given, in the order of the log" }),
    outcomes: z.array(outcome).meta({ description: "of models that gave no tip" }),
    result: result.nullable(),
    settlement: settlement.nullable(),
    failures: z
      .array(failure)
      .meta({ description: "the newest of each stage, while nothing newer was asked or answered" }),
    retro: z
      .object({ id: z.string(), sequence: z.int(), stages: z.array(fields.stageSchema) })
      .nullable()
      .meta({
        description: "the operator's retro request in flight",
      }),
    gap: z
      .object({
        severity: z.enum(["info", "warning", "critical", "missed"]),
        stage: fields.stageSchema,
        since: fields.instantSchema,
        sequence: z.int(),
      })
      .nullable()
      .meta({ description: "as last recorded in the log; GET /api/admin/pipeline-health has what it is now" }),
    ignored: z
      .array(z.object({ sequence: z.int(), type: z.string(), why: z.string() }))
      .meta({ description: "events that changed nothing, since they contradict what is known" }),
    stale: z.boolean().meta({ description: "the read model is being made anew, and the old one answers" }),
  })
  .meta({ id: "Match" });

export type MatchShown = z.infer<typeof matchSchema>;
