import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import type { MatchSummary } from "../projections/listing.ts";
import { createAsk } from "./asking.ts";
import * as fields from "./fields.ts";
import { createFreshness, freshHeaders, isKnown, unchanged } from "./fresh.ts";
import { createRouter, type HttpEnv, json, problems } from "./openapi.ts";
import type { HttpOptions } from "./options.ts";
import { pageCursors } from "./page-cursor.ts";

const summarySchema = z
  .object({
    id: z.string(),
    version: z.int(),
    competition: z.string(),
    season: z.string(),
    matchday: z.string().nullable(),
    purpose: z.enum(["live", "history"]),
    status: fields.statusSchema,
    kickoff: fields.instantSchema,
    home: fields.teamSchema,
    away: fields.teamSchema,
    score: fields.orNull(fields.scoreSchema).meta({ description: "after 90 minutes and stoppage" }),
    analysed: z.boolean(),
    covered: z.boolean().meta({ description: "every model is accounted for, and one at least answered" }),
    predictions: z.int().meta({ description: "answers that count" }),
    settlement: z.enum(["settled", "void"]).nullable(),
    failed: z.boolean().meta({ description: "a stage was given up, and nobody dismissed that" }),
    nextDueAt: fields.instantSchema.nullable(),
  })
  .meta({ id: "MatchSummary" });

/** The answer of `GET /api/matches`. */
export const matchesSchema = z.object({
  matches: z.array(summarySchema),
  nextCursor: fields.nextCursorSchema,
  sequence: z.int().meta({ description: "everything in the log up to here is in the answer" }),
  stale: z.boolean().meta({ description: "the read model is being made anew, and the old one answers" }),
});

const list = createRoute({
  method: "get",
  path: "/api/matches",
  operationId: "listMatches",
  tags: ["matches"],
  summary: "Matches by kick-off, page by page",
  description:
    "Ascending by kick-off, then id. A page begins after the last match of the one before: what is written meanwhile neither repeats nor skips a match, unless its own kick-off moves past that place.",
  request: {
    query: z.strictObject({
      status: fields.statusSchema.optional(),
      competition: fields.nameSchema.optional(),
      season: fields.nameSchema.optional(),
      purpose: z
        .enum(["live", "history", "all"])
        .default("live")
        .meta({ description: "`history` matches only feed the forecasts" }),
      from: fields.fromInstant.optional(),
      to: fields.toInstant.optional(),
      cursor: fields.cursorSchema.optional(),
      limit: fields.limitSchema(50),
    }),
  },
  responses: { 200: json(matchesSchema, "a page"), ...unchanged, ...problems(400, 503) },
});

/** `GET /api/matches`. */
export function matchesRoutes(options: HttpOptions): OpenAPIHono<HttpEnv> {
  const { readModel } = options;
  const ask = createAsk(options);
  const freshness = createFreshness(options);
  const routes = createRouter();
  routes.openapi(list, (c) => {
    const { purpose, cursor: sealed, ...rest } = c.req.valid("query");
    const cursors = pageCursors(list.path, { ...rest, purpose });
    const sequence = ask((it) => it.sequence());
    const tag = freshness.tag(c, sequence);
    if (isKnown(c, tag)) return c.body(null, 304, freshHeaders(tag));
    const { matches, cursor } = ask((it) => {
      const after = sealed === undefined ? {} : { cursor: cursors.open(sealed) };
      return it.matches({ ...fields.given(rest), ...(purpose === "all" ? {} : { purpose }), ...after });
    });
    const nextCursor = cursors.seal(cursor);
    const answer = { matches: matches.map(shown), nextCursor, sequence, stale: readModel.state().stale };
    return c.json(answer, 200, freshHeaders(tag));
  });
  return routes;
}

function shown({ kickoff, nextDueAt, ...match }: MatchSummary): z.infer<typeof summarySchema> {
  return { ...match, kickoff: fields.isoOf(kickoff), nextDueAt: fields.isoOrNull(nextDueAt) };
}
