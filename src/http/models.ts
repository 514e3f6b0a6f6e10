import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { createAsk } from "./asking.ts";
import * as fields from "./fields.ts";
import { createFreshness, freshHeaders, isKnown, unchanged } from "./fresh.ts";
import { createRouter, type HttpEnv, json, problems } from "./openapi.ts";
import type { PanelFilter } from "../projections/panel-filter.ts";
import type { HttpOptions } from "./options.ts";
import { Refused } from "./problem.ts";

const intervalSchema = z.tuple([z.number(), z.number()]).nullable();

const rowSchema = z
  .object({
    model: z.string(),
    n: z.int().meta({ description: "settled answers" }),
    points: z.number(),
    pointsInterval: intervalSchema.meta({ description: "of the mean points a match, 95 %" }),
    exact: z.int(),
    difference: z.int().meta({ description: "tips with the right goal difference, exact ones too" }),
    tendency: z.int().meta({ description: "tips with the right tendency, both others too" }),
    rps: z.number().nullable().meta({ description: "mean ranked probability score; lower is better" }),
    rpsInterval: intervalSchema,
    logLoss: z.number().nullable(),
    logLossInterval: intervalSchema,
    calibration: z.number().nullable().meta({ description: "expected calibration error, 0 is best" }),
    abstained: z.int(),
    failed: z.int(),
    resting: z.int(),
    cost: z.number(),
  })
  .meta({ id: "PanelRow" });

/** The answer of `GET /api/models`. */
export const modelsSchema = z.object({ panel: z.array(rowSchema), sequence: z.int(), stale: z.boolean() });

export const filterFields = {
  competition: fields.nameSchema.optional(),
  season: fields.nameSchema.optional(),
  kind: z.enum(["live", "retro"]).default("live").meta({ description: "answers made in time, or in hindsight" }),
};

/** What the read model is asked for, from a query of these fields. */
export function panelFilterOf({ kind, competition, season }: z.output<z.ZodObject<typeof filterFields>>): PanelFilter {
  return { retro: kind === "retro", ...fields.given({ competition, season }) };
}

const table = createRoute({
  method: "get",
  path: "/api/models",
  operationId: "listModels",
  tags: ["models"],
  summary: "The panel's table: how each model did over the settled matches",
  request: {
    query: z.strictObject(filterFields),
  },
  responses: { 200: json(modelsSchema, "by points, most first"), ...unchanged, ...problems(400, 503) },
});

const differenceSchema = z
  .object({ mean: z.number().nullable(), interval: intervalSchema })
  .meta({ id: "Difference", description: "first minus second, match by match; the interval covers 95 %" });

const comparisonSchema = z.object({
  first: z.string(),
  second: z.string(),
  n: z.int().meta({ description: "settled matches that both answered" }),
  points: differenceSchema,
  rps: differenceSchema,
  logLoss: differenceSchema,
  sequence: z.int(),
  stale: z.boolean(),
});

const compare = createRoute({
  method: "get",
  path: "/api/models/compare",
  operationId: "compareModels",
  tags: ["models"],
  summary: "Two models over the matches that both answered",
  request: {
    query: z.strictObject({
      first: fields.nameSchema,
      second: fields.nameSchema,
      ...filterFields,
    }),
  },
  responses: { 200: json(comparisonSchema, "the paired differences"), ...problems(400, 404, 503) },
});

const recordSchema = z.object({
  model: z.string(),
  calibration: z
    .array(
      z.object({
        from: z.number(),
        to: z.number(),
        n: z.int(),
        foretold: z.number().nullable().meta({ description: "mean of the probabilities in this bin" }),
        happened: z.number().nullable().meta({ description: "share of them whose outcome happened" }),
      }),
    )
    .meta({ description: "ten equal bins of the three probabilities of every settled answer" }),
  months: z
    .array(z.object({ month: z.string(), n: z.int(), points: z.number(), rps: z.number() }))
    .meta({ description: "by the month of the kick-off (UTC), oldest first" }),
  sequence: z.int(),
  stale: z.boolean(),
});

const record = createRoute({
  method: "get",
  path: "/api/models/record",
  operationId: "getModelRecord",
  tags: ["models"],
  summary: "One model month by month, and how its probabilities were kept",
  request: { query: z.strictObject({ model: fields.nameSchema, ...filterFields }) },
  responses: {
    200: json(recordSchema, "the record; empty for a model without a settled answer"),
    ...problems(400, 503),
  },
});

const regressionsSchema = z.object({
  regressions: z.array(
    z
      .object({
        model: z.string(),
        since: fields.instantSchema.meta({ description: "kick-offs from here on are `of late`: 60 days" }),
        n: z.int(),
        nBefore: z.int(),
        late: z.number().meta({ description: "mean RPS less the mean of all that answered the same match, of late" }),
        before: z.number().meta({ description: "the same before" }),
        errors: z.number().meta({ description: "the difference of both in standard errors" }),
      })
      .meta({ id: "Regression" }),
  ),
  sequence: z.int(),
  stale: z.boolean(),
});

const regressed = createRoute({
  method: "get",
  path: "/api/models/regressions",
  operationId: "listRegressions",
  tags: ["models"],
  summary: "Models that have fallen behind the others of late, by more than chance",
  request: { query: z.strictObject(filterFields) },
  responses: { 200: json(regressionsSchema, "worst first"), ...problems(400, 503) },
});

/** `GET /api/models` and what is below it. */
export function modelsRoutes(options: HttpOptions): OpenAPIHono<HttpEnv> {
  const { readModel } = options;
  const ask = createAsk(options);
  const freshness = createFreshness(options);
  const routes = createRouter();
  routes.openapi(table, (c) => {
    const filter = panelFilterOf(c.req.valid("query"));
    const sequence = ask((it) => it.sequence());
    const tag = freshness.tag(c, sequence);
    if (isKnown(c, tag)) return c.body(null, 304, freshHeaders(tag));
    const panel = ask((it) => it.panel(filter));
    return c.json({ panel, sequence, stale: readModel.state().stale }, 200, freshHeaders(tag));
  });
  routes.openapi(compare, (c) => {
    const { first, second, ...chosen } = c.req.valid("query");
    const filter = panelFilterOf(chosen);
    const known = new Set(ask((it) => it.panel(filter)).map(({ model }) => model));
    const stranger = [first, second].find((model) => !known.has(model));
    if (stranger !== undefined) throw new Refused(404, "there is no such model in this table: see GET /api/models");
    const [comparison, sequence] = ask((it) => [it.compareModels(first, second, filter), it.sequence()]);
    return c.json({ first, second, ...comparison, sequence, stale: readModel.state().stale }, 200);
  });
  routes.openapi(record, (c) => {
    const { model, ...chosen } = c.req.valid("query");
    const filter = panelFilterOf(chosen);
    const [found, sequence] = ask((it) => [it.modelRecord(model, filter), it.sequence()]);
    return c.json({ model, ...found, sequence, stale: readModel.state().stale }, 200);
  });
  routes.openapi(regressed, (c) => {
    const filter = panelFilterOf(c.req.valid("query"));
    const [found, sequence] = ask((it) => [it.regressions(filter), it.sequence()]);
    const regressions = found.map(({ since, ...it }) => ({ ...it, since: fields.isoOf(since) }));
    return c.json({ regressions, sequence, stale: readModel.state().stale }, 200);
  });
  return routes;
}
