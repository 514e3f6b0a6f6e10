import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import type { FailureRow } from "../projections/failures.ts";
import { createAsk } from "./asking.ts";
import { byCategory, sum } from "./failure-sums.ts";
import * as fields from "./fields.ts";
import { createFreshness, freshHeaders, isKnown, unchanged } from "./fresh.ts";
import { adminProblems, adminSecurity, createRouter, type HttpEnv, json } from "./openapi.ts";
import type { HttpOptions } from "./options.ts";
import { pageCursors } from "./page-cursor.ts";

const failureSchema = z
  .object({
    matchId: z.string(),
    homeTeam: z.string(),
    awayTeam: z.string(),
    competition: z.string(),
    kickoffTime: fields.instantSchema,
    category: fields.categorySchema,
    reason: z.string(),
    fingerprint: z.string().meta({ description: "failures of one cause have the same" }),
    attempts: z.int().meta({ description: "the attempt that failed last" }),
    attemptsMax: z.int(),
    failedAt: fields.instantSchema,
    retryAt: fields.instantSchema.nullable().meta({ description: "null: given up" }),
    predictions: z.int().meta({ description: "answers that count" }),
    dismissed: z.object({ by: z.string(), reason: z.string() }).nullable(),
  })
  .meta({ id: "FailedSettlement" });

/** The answer of `GET /api/admin/settlement-failures`. */
export const failedSettlementsSchema = z.object({
  total: z.int().meta({ description: "all that fit, on this page or not" }),
  byCategory: z
    .partialRecord(fields.categorySchema, z.int())
    .meta({ description: "of every category, whichever is asked for" }),
  failures: z.array(failureSchema).meta({ description: "by match id" }),
  nextCursor: fields.nextCursorSchema,
  sequence: z.int().meta({ description: "everything in the log up to here is in the answer" }),
  stale: z.boolean(),
});

const list = createRoute({
  method: "get",
  path: "/settlement-failures",
  operationId: "listFailedSettlements",
  tags: ["operations"],
  summary: "Settlements that failed and that nothing newer was asked or answered of, page by page",
  security: adminSecurity,
  request: {
    query: z.strictObject({
      category: fields.categorySchema.optional(),
      dismissed: z
        .enum(["true", "false"])
        .default("false")
        .meta({ description: "true: those that somebody dismissed, instead of the others" }),
      cursor: fields.cursorSchema.optional(),
      limit: fields.limitSchema(50),
    }),
  },
  responses: { 200: json(failedSettlementsSchema, "a page, and the counts of all"), ...unchanged, ...adminProblems },
});

/** `GET /api/admin/settlement-failures`; to be mounted at `/api/admin`. */
export function failedSettlementsRoutes(options: HttpOptions): OpenAPIHono<HttpEnv> {
  const { readModel } = options;
  const ask = createAsk(options);
  const freshness = createFreshness(options);
  const routes = createRouter();
  routes.openapi(list, (c) => {
    const { category, dismissed, cursor: sealed, limit } = c.req.valid("query");
    const cursors = pageCursors(list.path, { category, dismissed });
    const sequence = ask((it) => it.sequence());
    const tag = freshness.tag(c, sequence);
    if (isKnown(c, tag)) return c.body(null, 304, freshHeaders(tag, true));
    const isDismissed = dismissed === "true";
    const [page, counts] = ask((it) => {
      const cursor = sealed === undefined ? undefined : cursors.open(sealed);
      return [
        it.failurePage({ stage: "settle", dismissed: isDismissed, limit, ...fields.given({ category, cursor }) }),
        it.failureCounts(isDismissed).filter(({ stage }) => stage === "settle"),
      ];
    });
    const answer = {
      total: sum(category === undefined ? counts : counts.filter((it) => it.category === category)),
      byCategory: byCategory(counts),
      failures: page.failures.map(shown),
      nextCursor: cursors.seal(page.cursor),
      sequence,
      stale: readModel.state().stale,
    };
    return c.json(answer, 200, freshHeaders(tag, true));
  });
  return routes;
}

function shown(row: FailureRow): z.infer<typeof failureSchema> {
  return {
    matchId: row.matchId,
    homeTeam: row.homeTeam,
    awayTeam: row.awayTeam,
    competition: row.competition,
    kickoffTime: fields.isoOf(row.kickoff),
    category: row.category,
    reason: row.reason,
    fingerprint: row.fingerprint,
    attempts: row.attempt,
    attemptsMax: row.of,
    failedAt: fields.isoOf(row.failedAt),
    retryAt: fields.isoOrNull(row.retryAt),
    predictions: row.predictions,
    dismissed: row.dismissed,
  };
}
