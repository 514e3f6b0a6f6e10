import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { idempotencyKeyHeader } from "./calls/desk.ts";
import { type RetryCall, retryBody, retrySchema } from "./calls/retry.ts";
import { adminProblems, adminSecurity, createRouter, type HttpEnv, json, problems } from "./openapi.ts";

function retryRoute(path: "/settlement-failures" | "/settlement/retry", operationId: string) {
  return createRoute({
    method: "post",
    path,
    operationId,
    tags: ["operations"],
    summary: "Asks for failed settlements again",
    security: adminSecurity,
    request: {
      headers: idempotencyKeyHeader,
      body: { required: true, content: { "application/json": { schema: retryBody } } },
    },
    responses: {
      200: json(retrySchema, "a dry run, or one match that is settled already: nothing was asked for"),
      202: json(retrySchema, "asked for: a fact for each match"),
      ...adminProblems,
      ...problems(404, 409, 413, 415, 422),
    },
  });
}

/** `POST /api/admin/settlement-failures` and `/settlement/retry`; to be mounted at `/api/admin`. */
export function settlementRetryRoutes(retry: RetryCall): OpenAPIHono<HttpEnv> {
  const routes = createRouter();
  for (const route of [
    retryRoute("/settlement-failures", "retryFailedSettlements"),
    retryRoute("/settlement/retry", "retrySettlements"),
  ]) {
    routes.openapi(route, async (c) => {
      const { status, body } = await retry(c, c.req.valid("json"));
      return c.json(body, status);
    });
  }
  return routes;
}
