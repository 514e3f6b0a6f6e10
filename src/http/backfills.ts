import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { type BackfillCall, backfillBody, backfillSchema } from "./calls/backfill.ts";
import { idempotencyKeyHeader } from "./calls/desk.ts";
import { adminProblems, adminSecurity, createRouter, type HttpEnv, json, problems } from "./openapi.ts";

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

/** `POST /api/admin/backfill`; to be mounted at `/api/admin`. */
export function backfillRoutes(backfill: BackfillCall): OpenAPIHono<HttpEnv> {
  const routes = createRouter();
  routes.openapi(begin, async (c) => {
    const { status, body } = await backfill(c, c.req.valid("json"));
    const headers = body.backfillId === null ? {} : { Location: `/api/admin/backfill/${body.backfillId}` };
    return c.json(body, status, headers);
  });
  return routes;
}
