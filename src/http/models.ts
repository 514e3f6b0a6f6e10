import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { createAsk } from "./asking.ts";
import * as fields from "./fields.ts";
import { createFreshness, freshHeaders, isKnown, unchanged } from "./fresh.ts";
import { createRouter, type HttpEnv, json, problems } from "./openapi.ts";
import type { HttpOptions } from "./options.ts";

const rowSchema = z
  .object({
    model: z.string(),
    n: z.int().meta({ description: "settled answers" }),
    points: z.number(),
    exact: z.int(),
    difference: z.int().meta({ description: "tips with the right goal difference, exact ones too" }),
    tendency: z.int().meta({ description: "tips with the right tendency, both others too" }),
    rps: z.number().nullable().meta({ description: "mean ranked probability score; lower is better" }),
    logLoss: z.number().nullable(),
    calibration: z.number().nullable().meta({ description: "expected calibration error, 0 is best" }),
    abstained: z.int(),
    failed: z.int(),
    resting: z.int(),
    cost: z.number(),
  })
  .meta({ id: "PanelRow" });

/** The answer of `GET /api/models`. */
export const modelsSchema = z.object({ panel: z.array(rowSchema), sequence: z.int(), stale: z.boolean() });

const table = createRoute({
  method: "get",
  path: "/api/models",
  operationId: "listModels",
  tags: ["models"],
  summary: "The panel's table: how each model did over the settled matches",
  request: {
    query: z.strictObject({
      competition: fields.nameSchema.optional(),
      season: fields.nameSchema.optional(),
      kind: z.enum(["live", "retro"]).default("live").meta({ description: "answers made in time, or in hindsight" }),
    }),
  },
  responses: { 200: json(modelsSchema, "by points, most first"), ...unchanged, ...problems(400, 503) },
});

/** `GET /api/models`. */
export function modelsRoutes(options: HttpOptions): OpenAPIHono<HttpEnv> {
  const { readModel } = options;
  const ask = createAsk(options);
  const freshness = createFreshness(options);
  const routes = createRouter();
  routes.openapi(table, (c) => {
    const { kind, ...chosen } = c.req.valid("query");
    const sequence = ask((it) => it.sequence());
    const tag = freshness.tag(c, sequence);
    if (isKnown(c, tag)) return c.body(null, 304, freshHeaders(tag));
    const panel = ask((it) => it.panel({ retro: kind === "retro", ...fields.given(chosen) }));
    return c.json({ panel, sequence, stale: readModel.state().stale }, 200, freshHeaders(tag));
  });
  return routes;
}
