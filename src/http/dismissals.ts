import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { idempotencyKeyHeader } from "./calls/desk.ts";
import { type MarkCall, markedSchema } from "./calls/mark.ts";
import * as fields from "./fields.ts";
import { adminProblems, adminSecurity, createRouter, type HttpEnv, json, problems } from "./openapi.ts";

const reasonLengthMax = 300;
const paramSchema = z.object({ matchId: fields.matchIdSchema });
/** Loose on purpose: a dismissal without a reason is answered 422, not 400. */
const dismissBody = z.strictObject({ reason: z.string().max(reasonLengthMax).optional() });
const restoreBody = z.strictObject({ reason: z.string().max(reasonLengthMax).optional() });

const answers = {
  200: json(markedSchema, "it was so before: nothing was asked for"),
  202: json(markedSchema, "asked for; carried out within a moment where a node with the role intake runs"),
  ...adminProblems,
  ...problems(404, 409, 413, 415, 422),
};

const dismiss = createRoute({
  method: "delete",
  path: "/settlement-failures/{matchId}",
  operationId: "dismissFailedSettlement",
  tags: ["operations"],
  summary: "Takes a failed settlement off the lists, for a reason; it stays in the log and can be restored",
  security: adminSecurity,
  request: {
    params: paramSchema,
    headers: idempotencyKeyHeader,
    body: { required: false, content: { "application/json": { schema: dismissBody } } },
  },
  responses: answers,
});

const restore = createRoute({
  method: "post",
  path: "/settlement-failures/{matchId}/restore",
  operationId: "restoreFailedSettlement",
  tags: ["operations"],
  summary: "Undoes a dismissal",
  security: adminSecurity,
  request: {
    params: paramSchema,
    headers: idempotencyKeyHeader,
    body: { required: false, content: { "application/json": { schema: restoreBody } } },
  },
  responses: answers,
});

/** Dismissals of failed settlements and their undoing; to be mounted at `/api/admin`. */
export function dismissalRoutes(mark: MarkCall): OpenAPIHono<HttpEnv> {
  const routes = createRouter();
  routes.openapi(dismiss, async (c) => {
    const { matchId } = c.req.valid("param");
    const { body, status } = await mark(c, { matchId, as: "dismissed", reason: reasonOf(c.req.valid("json")) });
    return c.json(body, status);
  });
  routes.openapi(restore, async (c) => {
    const { matchId } = c.req.valid("param");
    const { body, status } = await mark(c, { matchId, as: "restored", reason: reasonOf(c.req.valid("json")) });
    return c.json(body, status);
  });
  return routes;
}

/** Without a body there is nothing to be validated, whatever the types say. */
function reasonOf(body: { reason?: string | undefined } | undefined): string | null {
  return body?.reason?.trim() || null;
}
