import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { type Severity, stages } from "../match/event.ts";
import { type Coverage, type MatchGap } from "../projections/coverage.ts";
import type { FailureCount } from "../projections/failures.ts";
import { gapsAt, watchedSpan, windowOf } from "../projections/gaps-at.ts";
import { createLongAsk } from "./asking.ts";
import type { Diagnosis } from "./diagnosis.ts";
import { byCategory, sum } from "./failure-sums.ts";
import * as fields from "./fields.ts";
import { fromLog } from "./from-log.ts";
import { adminProblems, adminSecurity, createRouter, type HttpEnv, json } from "./openapi.ts";
import type { HttpOptions } from "./options.ts";
import { Refused } from "./problem.ts";
import { coverageLow } from "./reasons.ts";

const gapSchema = z
  .object({
    matchId: z.string(),
    homeTeam: z.string(),
    awayTeam: z.string(),
    kickoffTime: fields.instantSchema,
    hoursUntilKickoff: z.number().meta({ description: "one decimal; negative once it has passed" }),
    severity: z.enum(["critical", "warning", "info", "missed"]),
    missing: z.array(fields.stageSchema),
    dueSince: fields.instantSchema.meta({ description: "since when the first missing stage has been due" }),
    reason: z.string(),
    nextAction: z.string(),
  })
  .meta({ id: "MatchGap" });

/** The answer of `GET /api/admin/pipeline-health`. */
export const pipelineHealthSchema = z.object({
  status: z.enum(["ok", "degraded", "unhealthy"]).meta({
    description: "as GET /api/health has it; of another instant, by coverage alone: `ok` from 90 %, else `degraded`",
  }),
  coveragePercent: z.number(),
  summary: z
    .object({ critical: z.int(), warning: z.int(), info: z.int(), missed: z.int() })
    .meta({ description: "of the gaps listed" }),
  gaps: z.array(gapSchema).meta({ description: "all of them in the window, most urgent first" }),
  window: z
    .object({
      from: fields.instantSchema,
      to: fields.instantSchema,
      watchMs: z.record(fields.stageSchema, z.int()),
    })
    .meta({ description: "the kick-offs that were looked at, and how far each stage is watched (settle: back)" }),
  failures: z
    .object({
      total: z.int(),
      givenUp: z.int().meta({ description: "nothing tries them again before they are asked for anew" }),
      byStage: z.record(fields.stageSchema, z.int()),
      byCategory: z.partialRecord(fields.categorySchema, z.int()),
    })
    .meta({ description: "stages whose newest attempt failed and that nobody dismissed" }),
  generatedAt: fields.instantSchema.meta({ description: "the instant the answer is for, by the pipeline's clock" }),
});
type PipelineHealth = z.infer<typeof pipelineHealthSchema>;

const look = createRoute({
  method: "get",
  path: "/pipeline-health",
  operationId: "getPipelineHealth",
  tags: ["operations"],
  summary: "What the matches lack although they should have it by now",
  security: adminSecurity,
  request: {
    query: z.strictObject({
      at: fields.fromInstant.optional().meta({
        description: "another instant: as it was recorded by then, from the log alone. A day is its beginning",
      }),
    }),
  },
  responses: { 200: json(pipelineHealthSchema, "every gap"), ...adminProblems },
});

/** A connection on which nothing moves for two minutes is ended (serve.ts): whoever waits is told before. */
const foldMaxMs = 110_000;

/** `GET /api/admin/pipeline-health`; to be mounted at `/api/admin`. */
export function pipelineHealthRoutes(options: HttpOptions, diagnose: () => Promise<Diagnosis>): OpenAPIHono<HttpEnv> {
  const { log, clock, policy, logger } = options;
  const askLong = createLongAsk(options);
  const span = watchedSpan(policy);
  /** A fold of the whole log takes a core for seconds: one at a time. */
  let folding = false;

  async function now(): Promise<PipelineHealth> {
    const status = await diagnose().then(
      (diagnosis) => diagnosis.status,
      (error: unknown) => {
        logger.error({ err: error }, "the read model cannot answer");
        throw new Refused(503, "the read model cannot answer; the node's log tells why");
      },
    );
    const at = clock.now();
    return askLong(async (it) =>
      answerOf({
        status,
        at,
        window: windowOf(at, span, policy),
        coverage: await it.surveyCoverage(at, policy),
        gaps: await it.surveyGaps(at, span.ahead, span.back, policy),
        failures: it.failureCounts(),
      }),
    );
  }

  async function then(at: number): Promise<PipelineHealth> {
    if (folding) throw new Refused(503, "another instant is being computed", { headers: { "Retry-After": "5" } });
    folding = true;
    try {
      const found = await fromLog(options, (signal) => gapsAt({ log, policy, at, ...span, signal }), foldMaxMs);
      return answerOf({
        status: coverageLow(found.coverage).length > 0 ? "degraded" : "ok",
        at,
        window: windowOf(at, span, policy),
        ...found,
      });
    } finally {
      folding = false;
    }
  }

  const routes = createRouter();
  routes.openapi(look, async (c) => {
    const { at } = c.req.valid("query");
    return c.json(at === undefined ? await now() : await then(at), 200);
  });
  return routes;
}

interface Found {
  status: PipelineHealth["status"];
  at: number;
  window: PipelineHealth["window"];
  coverage: Coverage;
  gaps: MatchGap[];
  failures: FailureCount[];
}

function answerOf({ status, at, window, coverage, gaps, failures }: Found): PipelineHealth {
  const summary: Record<Severity, number> = { critical: 0, warning: 0, info: 0, missed: 0 };
  for (const { severity } of gaps) summary[severity]++;
  return {
    status,
    window,
    coveragePercent: Math.round(coverage.percent * 100) / 100,
    summary,
    gaps,
    failures: {
      total: sum(failures),
      givenUp: sum(failures.filter(({ givenUp }) => givenUp)),
      byStage: Object.fromEntries(
        stages.map((stage) => [stage, sum(failures.filter((it) => it.stage === stage))]),
      ) as PipelineHealth["failures"]["byStage"],
      byCategory: byCategory(failures),
    },
    generatedAt: fields.isoOf(at),
  };
}
