import type { Context } from "hono";
import { z } from "zod";
import { backfillStages, type BackfillScope, daysMax, reasonsToSkip } from "../../match/backfill.ts";
import { differencesOf, whatDiffers } from "../../plans/backfill-changes.ts";
import { type PlannedBackfill, planBackfill } from "../../plans/backfill-plan.ts";
import { matchBook } from "../../projections/book.ts";
import { createAsk } from "../asking.ts";
import * as fields from "../fields.ts";
import { fromLog } from "../from-log.ts";
import type { HttpEnv } from "../openapi.ts";
import type { HttpOptions } from "../options.ts";
import type { Answer, CallDesk } from "./desk.ts";
import { createShownPlans, stalePlan } from "./shown-plans.ts";

/** What a backfill may ask for. */
export const backfillBody = z
  .strictObject({
    days: z
      .int()
      .min(1)
      .max(daysMax)
      .optional()
      .meta({ description: "matches that kicked off within this many days; 7 without matchIds" }),
    matchIds: z.array(fields.matchIdSchema).min(1).max(1000).optional().meta({ description: "these, however old" }),
    stages: z.array(z.enum(backfillStages)).min(1).optional().meta({ description: "without it, whatever is missing" }),
    reason: z.string().min(1).max(300).optional().meta({ description: "why, for the log" }),
    dryRun: z.boolean().optional().meta({ description: "show the plan and its hash; write nothing" }),
    planHash: fields.planHashSchema.optional(),
  })
  .refine(({ days, matchIds }) => days === undefined || matchIds === undefined, {
    message: "days and matchIds exclude each other",
  });
export type BackfillBody = z.infer<typeof backfillBody>;

/** The answer of `POST /api/admin/backfill`. */
export const backfillSchema = z.object({
  backfillId: z
    .string()
    .nullable()
    .meta({ description: "its progress is at /api/admin/backfill/{id}; null where nothing was asked for" }),
  requested: z.int().meta({ description: "matches that get a request, or would" }),
  skipped: z.array(fields.leftOutSchema).meta({ description: "named matches on which nothing can be run" }),
  underWay: z.array(z.string()).meta({ description: "requested before and not ended yet" }),
  plan: z.object({
    planHash: fields.planHashSchema,
    matches: z
      .array(z.object({ matchId: z.string(), stages: z.array(z.enum(backfillStages)), modelCalls: z.int() }))
      .meta({ description: `${fields.listedMax} at most; \`total\` counts all` }),
    total: z.int(),
    modelCalls: z.int(),
    analyses: z.int(),
    settlements: z.int(),
    cost: z.number().meta({ description: "in the panel's currency, by what settled answers have cost so far" }),
  }),
});
export type BackfillAnswer = z.infer<typeof backfillSchema>;

/** Matches looked at to find out what a plan was that another node showed: more would take a node's time for long. */
const lookBackEffort = 100_000;

/**
 * Runs in hindsight what matches lack, or shows what that would do (`dryRun`). `key` stands for the header `Idempotency-Key`.
 * Rejects with `Refused`: 409 for a plan that is no longer what would run.
 */
export type BackfillCall = (c: Context<HttpEnv>, body: BackfillBody, key?: string) => Promise<Answer<BackfillAnswer>>;

export function createBackfillCall(options: HttpOptions, desk: CallDesk): BackfillCall {
  const { clock, policy, roster, log } = options;
  const ask = createAsk(options);
  const shown = createShownPlans<PlannedBackfill["lacks"]>();

  function planned({ days = 7, matchIds, stages, reason }: BackfillBody): PlannedBackfill {
    const scope: BackfillScope = { stages: stages ?? null, now: clock.now(), policy, roster };
    return ask((it) =>
      planBackfill({ matchIds: matchIds ?? null, days, reason: reason ?? null }, matchBook(it), scope),
    );
  }

  async function stale(planHash: string, found: PlannedBackfill) {
    const then = shown.find(planHash);
    const differences =
      then !== null
        ? ask((it) => differencesOf(then, found, it))
        : await fromLog(options, () => ask((it) => whatDiffers(planHash, found, matchBook(it), log, lookBackEffort)));
    return stalePlan(planHash, found.plan.planHash, differences);
  }

  return async function backfill(c, body, key) {
    if (body.dryRun === true) {
      const found = planned(body);
      shown.remember(found.plan.planHash, found.lacks);
      return { status: 200, body: answerOf(found, null) };
    }
    const { dryRun: _, ...asked } = body;
    const { planHash } = asked;
    return desk.place<BackfillAnswer>(c, {
      body: asked,
      key,
      async decide(id) {
        const found = planned(body);
        if (planHash !== undefined && found.plan.planHash !== planHash) throw await stale(planHash, found);
        const asks = found.lacks.length > 0;
        const answer = { status: asks ? (202 as const) : (200 as const), body: answerOf(found, asks ? id : null) };
        return { order: found.order, asks, planHash: found.plan.planHash, answer };
      },
    });
  };
}

function answerOf({ plan, skipped, underWay }: PlannedBackfill, backfillId: string | null): BackfillAnswer {
  const matches = plan.matches.slice(0, fields.listedMax) as BackfillAnswer["plan"]["matches"];
  return {
    backfillId,
    requested: plan.matches.length,
    skipped: skipped.slice(0, fields.listedMax).map(({ matchId, why }) => ({ matchId, why: reasonsToSkip[why] })),
    underWay: underWay.slice(0, fields.listedMax),
    plan: { ...plan, matches, total: plan.matches.length },
  };
}
