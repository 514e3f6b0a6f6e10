import type { Context } from "hono";
import { z } from "zod";
import type { Match } from "../../match/match.ts";
import { planRetry, type PlannedRetry } from "../../plans/retry-plan.ts";
import { matchBook } from "../../projections/book.ts";
import { createAsk, createLongAsk } from "../asking.ts";
import * as fields from "../fields.ts";
import type { HttpEnv } from "../openapi.ts";
import type { HttpOptions } from "../options.ts";
import { Refused } from "../problem.ts";
import type { Answer, CallDesk, Decided } from "./desk.ts";
import { createShownPlans, stalePlan } from "./shown-plans.ts";

/** What a retry may ask for. */
export const retryBody = z
  .strictObject({
    matchIds: z.array(fields.matchIdSchema).min(1).max(1000).optional(),
    category: fields.categorySchema.optional(),
    all: z.literal(true).optional().meta({ description: "every failed settlement that nobody dismissed" }),
    reason: z.string().min(1).max(300).optional().meta({ description: "why, for the log" }),
    dryRun: z.boolean().optional().meta({ description: "say what would be done, with the plan's hash; write nothing" }),
    planHash: fields.planHashSchema.optional(),
  })
  .refine((body) => [body.matchIds, body.category, body.all].some((it) => it !== undefined), {
    message: "say which: matchIds, category or all",
  })
  .refine(({ matchIds, category, all }) => all !== true || (matchIds ?? category) === undefined, {
    message: "all excludes matchIds and category",
  });

/** The answer of a retry. */
export const retrySchema = z.object({
  result: z.literal("already-done").optional().meta({ description: "of one match alone: it is settled" }),
  requestId: z
    .string()
    .nullable()
    .meta({ description: "leads to the outcome at /api/admin/requests/{id}; null where nothing was asked for" }),
  requested: z.int().meta({ description: "matches that get a request, or would" }),
  skipped: z.array(fields.leftOutSchema),
  skippedTotal: z.int().meta({ description: `all that were left out; ${fields.listedMax} of them are listed at most` }),
  plan: z.object({
    planHash: fields.planHashSchema,
    matches: z.array(z.string()),
    total: z.int().meta({ description: `all matches of the plan; ${fields.listedMax} of them are listed at most` }),
  }),
});
export type RetryAnswer = z.infer<typeof retrySchema>;
export type RetryBody = z.infer<typeof retryBody>;

/**
 * Asks for failed settlements again, or shows what that would do (`dryRun`). `key` stands for the header `Idempotency-Key`.
 * Rejects with `Refused`: 404 and 409 of one match alone, 409 for a plan that is no longer what would run.
 */
export type RetryCall = (c: Context<HttpEnv>, body: RetryBody, key?: string) => Promise<Answer<RetryAnswer>>;

export function createRetryCall(options: HttpOptions, desk: CallDesk): RetryCall {
  const ask = createAsk(options);
  const askLong = createLongAsk(options);
  const shownPlans = createShownPlans<readonly string[]>();

  return async function retry(c, body, key) {
    const { matchIds = null, category = null, reason = null, dryRun, planHash } = body;
    const plan = () => askLong((it) => planRetry({ matchIds, category, reason }, matchBook(it)));
    if (dryRun === true) {
      const planned = await plan();
      shownPlans.remember(planned.planHash, planned.accepted);
      return { status: 200, body: answerOf(planned, null) };
    }
    const { dryRun: _, ...asked } = body;
    const decide = async (id: string): Promise<Decided<RetryAnswer>> => {
      const planned = await plan();
      if (planHash !== undefined && planHash !== planned.planHash) {
        throw stalePlan(planHash, planned.planHash, differences(shownPlans.find(planHash), planned.accepted));
      }
      const [only, ...more] = new Set(matchIds ?? []);
      if (only !== undefined && more.length === 0 && planned.accepted.length === 0) {
        const why = planned.skipped[0]?.why ?? "";
        return {
          order: planned.order,
          asks: false,
          answer: {
            status: 200,
            body: nothingToDo(
              only,
              why,
              planned,
              ask((it) => it.match(only)),
            ),
          },
        };
      }
      const asks = planned.accepted.length > 0;
      const answer = { status: 202 as const, body: answerOf(planned, asks ? id : null) };
      return { order: planned.order, asks, planHash: planned.planHash, answer };
    };
    return desk.place(c, { body: asked, key, decide });
  };
}

const unknownPlan =
  "this node has not shown that plan, or long ago: ask for it again with dryRun, to the node that will run it";

function differences(then: readonly string[] | null, now: readonly string[]): string[] {
  if (then === null) return [unknownPlan];
  const [was, is] = [new Set(then), new Set(now)];
  return [
    ...then.filter((id) => !is.has(id)).map((id) => `${id}: no longer in it`),
    ...now.filter((id) => !was.has(id)).map((id) => `${id}: new in it`),
  ];
}

function answerOf({ accepted, skipped, planHash }: PlannedRetry, requestId: string | null): RetryAnswer {
  return {
    requestId,
    requested: accepted.length,
    skipped: skipped.slice(0, fields.listedMax),
    skippedTotal: skipped.length,
    plan: { planHash, matches: accepted.slice(0, fields.listedMax), total: accepted.length },
  };
}

/** Of one match: settled already is an answer, everything else a refusal. */
function nothingToDo(id: string, why: string, planned: PlannedRetry, match: Match | null): RetryAnswer {
  if (why === "already done") return { result: "already-done", ...answerOf(planned, null) };
  if (why === "unknown") throw new Refused(404, `there is no match ${id}`);
  const status = match?.fixture?.status ?? "unknown";
  const text = why === "not finished" ? `${id} is ${status}: it is settled once it has ended` : `${id}: ${why}`;
  throw new Refused(409, text, { extension: { matchStatus: status, why } });
}
