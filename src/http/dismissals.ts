import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { Context } from "hono";
import { z } from "zod";
import type { Order } from "../match/event.ts";
import { markingOf } from "../match/orders.ts";
import { createAsk } from "./asking.ts";
import { type CallDesk, idempotencyKeyHeader } from "./calls/desk.ts";
import * as fields from "./fields.ts";
import { adminProblems, adminSecurity, createRouter, type HttpEnv, json, problems } from "./openapi.ts";
import type { HttpOptions } from "./options.ts";
import { Refused } from "./problem.ts";

const reasonLengthMax = 300;
const paramSchema = z.object({ matchId: fields.matchIdSchema });
/** Loose on purpose: a dismissal without a reason is answered 422, not 400. */
const dismissBody = z.strictObject({ reason: z.string().max(reasonLengthMax).optional() });
const restoreBody = z.strictObject({ reason: z.string().max(reasonLengthMax).optional() });

const markedSchema = z.object({
  matchId: z.string(),
  result: z
    .enum(["requested", "already-done"])
    .meta({ description: "`requested`: what came of it is at /api/admin/requests/{requestId}" }),
  requestId: z.string().nullable(),
});
type Marked = z.infer<typeof markedSchema>;

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
export function dismissalRoutes(options: HttpOptions, desk: CallDesk): OpenAPIHono<HttpEnv> {
  const ask = createAsk(options);

  async function mark(c: Context<HttpEnv>, matchId: string, as: "dismissed" | "restored", reason: string | null) {
    const placed = await desk.place<Marked>(c, {
      body: { reason },
      decide(id) {
        const marking = ask((it) => markingOf(it.match(matchId), as));
        if (marking === "unknown") throw new Refused(404, `there is no match ${matchId}`);
        if (marking === "no failed settlement") throw new Refused(409, `${matchId} has no failed settlement`);
        const asks = marking === "accepted";
        const what = as === "dismissed" ? "failure.dismiss" : "failure.restore";
        const order: Order = { what, matchIds: [matchId], category: null, window: null, stages: null, reason };
        const body: Marked = { matchId, result: asks ? "requested" : "already-done", requestId: asks ? id : null };
        return { order, asks, answer: { status: asks ? 202 : 200, body } };
      },
    });
    return c.json(placed.body, placed.status);
  }

  const routes = createRouter();
  routes.openapi(dismiss, (c) => {
    const reason = reasonOf(c.req.valid("json"));
    if (reason === null) throw new Refused(422, 'a dismissal needs its reason: {"reason": "..."}');
    return mark(c, c.req.valid("param").matchId, "dismissed", reason);
  });
  routes.openapi(restore, (c) => mark(c, c.req.valid("param").matchId, "restored", reasonOf(c.req.valid("json"))));
  return routes;
}

/** Without a body there is nothing to be validated, whatever the types say. */
function reasonOf(body: { reason?: string | undefined } | undefined): string | null {
  return body?.reason?.trim() || null;
}
