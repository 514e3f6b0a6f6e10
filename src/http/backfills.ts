import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { backfillStages, type BackfillScope, daysMax, reasonsToSkip } from "../match/backfill.ts";
import { differencesOf, whatDiffers } from "../plans/backfill-changes.ts";
import { type PlannedBackfill, planBackfill } from "../plans/backfill-plan.ts";
import { matchBook } from "../projections/book.ts";
import { createAsk } from "./asking.ts";
import { type CallDesk, idempotencyKeyHeader } from "./calls/desk.ts";
import { createShownPlans, stalePlan } from "./calls/shown-plans.ts";
import * as fields from "./fields.ts";
import { fromLog } from "./from-log.ts";
import { adminProblems, adminSecurity, createRouter, type HttpEnv, json, problems } from "./openapi.ts";
import type { HttpOptions } from "./options.ts";

const backfillBody = z
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
type BackfillBody = z.infer<typeof backfillBody>;

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
    cost: z.number().meta({ description: "in the panel's currency, by what answers have cost so far" }),
  }),
});
type BackfillAnswer = z.infer<typeof backfillSchema>;

const begin = createRoute({
  method: "post",
  path: "/backfill",
  operationId: "beginBackfill",
  tags: ["operations"],
  summary: "Runs in hindsight what matches lack",
  security: adminSecurity,
  request: {
    headers: idempotencyKeyHeader,
    body: { required: true, content: { "application/json": { schema: backfillBody } } },
  },
  responses: {
    200: json(backfillSchema, "a dry run, or nothing is missing: nothing was asked for"),
    202: json(backfillSchema, "asked for"),
    ...adminProblems,
    ...problems(409, 413, 415, 422),
  },
});

/** Matches looked at to find out what a plan was that another node showed: more would take a node's time for long. */
const lookBackEffort = 100_000;

/** `POST /api/admin/backfill`; to be mounted at `/api/admin`. */
export function backfillRoutes(options: HttpOptions, desk: CallDesk): OpenAPIHono<HttpEnv> {
  const { clock, policy, roster, log } = options;
  const ask = createAsk(options);

  function planned({ days = 7, matchIds, stages, reason }: BackfillBody): PlannedBackfill {
    const scope: BackfillScope = { stages: stages ?? null, now: clock.now(), policy, roster };
    return ask((it) =>
      planBackfill({ matchIds: matchIds ?? null, days, reason: reason ?? null }, matchBook(it), scope),
    );
  }

  const shown = createShownPlans<PlannedBackfill["lacks"]>();
  const routes = createRouter();
  routes.openapi(begin, async (c) => {
    const body = c.req.valid("json");
    if (body.dryRun === true) {
      const found = planned(body);
      shown.remember(found.plan.planHash, found.lacks);
      return c.json(answerOf(found, null), 200);
    }
    const { dryRun: _, ...asked } = body;
    const { planHash } = asked;
    const placed = await desk.place<BackfillAnswer>(c, {
      body: asked,
      async decide(id) {
        const found = planned(body);
        if (planHash !== undefined && found.plan.planHash !== planHash) throw await stale(planHash, found);
        const asks = found.lacks.length > 0;
        const answer = { status: asks ? (202 as const) : (200 as const), body: answerOf(found, asks ? id : null) };
        return { order: found.order, asks, planHash: found.plan.planHash, answer };
      },
    });
    const headers =
      placed.body.backfillId === null ? {} : { Location: `/api/admin/backfill/${placed.body.backfillId}` };
    return c.json(placed.body, placed.status, headers);
  });

  async function stale(planHash: string, found: PlannedBackfill) {
    const then = shown.find(planHash);
    const differences =
      then !== null
        ? ask((it) => differencesOf(then, found, it))
        : await fromLog(options, () => ask((it) => whatDiffers(planHash, found, matchBook(it), log, lookBackEffort)));
    return stalePlan(planHash, found.plan.planHash, differences);
  }

  return routes;
}

function answerOf({ plan, skipped, underWay }: PlannedBackfill, backfillId: string | null): BackfillAnswer {
  const matches = plan.matches.slice(0, fields.listedMax) as BackfillAnswer["plan"]["matches"];
  return {
    backfillId,
    requested: plan.matches.length,
    skipped: skipped.slice(0, fields.listedMax).map(({ matchId, why }) => ({ matchId, why: reasonsToSkip[why] })),
    underWay: underWay.slice(0, fields.listedMax).map(({ id }) => id),
    plan: { ...plan, matches, total: plan.matches.length },
  };
}
