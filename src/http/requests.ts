import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { isCallId } from "../events/subjects.ts";
import { type Call, callMatchStates } from "../match/call.ts";
import { type Ask, createAsk } from "./asking.ts";
import type { CancelCall } from "./calls/cancel.ts";
import { requestSchema, shownRequest } from "./calls/shown-request.ts";
import * as fields from "./fields.ts";
import { adminProblems, adminSecurity, createRouter, type HttpEnv, json, problems } from "./openapi.ts";
import type { HttpOptions } from "./options.ts";
import { Refused } from "./problem.ts";

const idParam = z.object({
  id: z
    .string()
    .refine(isCallId, "ids are like 01J8ZQ4T5V9N3M2K1H0G7F6E5D")
    .meta({ example: "01J8ZQ4T5V9N3M2K1H0G7F6E5D" }),
});

const matchesSchema = z.object({
  matches: z.array(
    z.object({
      matchId: z.string(),
      state: z.enum(callMatchStates),
      sequence: z.int().meta({ description: "of the request in the log" }),
    }),
  ),
  nextCursor: fields.nextCursorSchema,
});

const listSchema = z.object({ requests: z.array(requestSchema), nextCursor: fields.nextCursorSchema });

const cancelBody = z.strictObject({ reason: z.string().min(1).max(300).optional() });

function described(path: "/requests" | "/backfill", things: string) {
  const one = `${path}/{id}` as const;
  const common = { tags: ["operations"], security: adminSecurity };
  const suffix = path === "/requests" ? "Request" : "Backfill";
  return {
    list: createRoute({
      ...common,
      method: "get",
      path,
      operationId: `list${suffix}s`,
      summary: `The ${things} so far, newest first: who asked for what, and what came of it`,
      request: {
        query: z.object({
          cursor: z.coerce.number().int().min(1).optional().meta({ description: "`nextCursor` of the page before" }),
          limit: fields.limitSchema(50),
        }),
      },
      responses: { 200: json(listSchema, "a page"), ...adminProblems },
    }),
    one: createRoute({
      ...common,
      method: "get",
      path: one,
      operationId: `get${suffix}`,
      summary: "How far it has come",
      request: { params: idParam },
      responses: { 200: json(requestSchema, "its progress"), ...adminProblems, ...problems(404) },
    }),
    matches: createRoute({
      ...common,
      method: "get",
      path: `${one}/matches`,
      operationId: `list${suffix}Matches`,
      summary: "What has come of it on each match",
      request: {
        params: idParam,
        query: z.object({ cursor: fields.cursorSchema.optional(), limit: fields.limitSchema(50) }),
      },
      responses: { 200: json(matchesSchema, "a page, by match id"), ...adminProblems, ...problems(404) },
    }),
  };
}

const requests = described("/requests", "operators' calls");
const backfills = described("/backfill", "backfills");

const cancel = createRoute({
  method: "delete",
  path: "/backfill/{id}",
  operationId: "cancelBackfill",
  tags: ["operations"],
  summary: "Cancels what has not begun of a backfill; what is under way ends by itself",
  security: adminSecurity,
  request: {
    params: idParam,
    body: { required: false, content: { "application/json": { schema: cancelBody } } },
  },
  responses: {
    200: json(requestSchema, "it was cancelled before"),
    202: json(requestSchema, "cancelled: what has not begun is taken back within seconds"),
    ...adminProblems,
    ...problems(404, 409, 413, 415),
  },
});

/** What operators asked for, and how far it has come; to be mounted at `/api/admin`. */
export function requestRoutes(options: HttpOptions, cancelCall: CancelCall): OpenAPIHono<HttpEnv> {
  const ask = createAsk(options);
  const routes = createRouter();
  for (const { list, one, matches } of [requests, backfills]) {
    const what = list === backfills.list ? ("backfill" as const) : undefined;
    routes.openapi(list, (c) => {
      const { cursor, limit } = c.req.valid("query");
      const calls = ask((it) => it.calls({ limit, ...fields.given({ what, before: cursor }) }));
      const last = calls.length === limit ? calls.at(-1)?.requested?.sequence : undefined;
      const answer = {
        requests: ask((it) => calls.map((call) => shownRequest(call, it))),
        nextCursor: last?.toString() ?? null,
      };
      return c.json(answer, 200);
    });
    routes.openapi(one, (c) => {
      const call = find(ask, c.req.valid("param").id, what);
      return c.json(
        ask((it) => shownRequest(call, it)),
        200,
      );
    });
    routes.openapi(matches, (c) => {
      const { cursor, limit } = c.req.valid("query");
      const { id } = find(ask, c.req.valid("param").id, what);
      const page = ask((it) => it.callMatches(id, cursor ?? null, limit));
      return c.json({ matches: page.matches, nextCursor: page.cursor }, 200);
    });
  }
  routes.openapi(cancel, async (c) => {
    const { reason = null } = (c.req.valid("json") as z.infer<typeof cancelBody> | undefined) ?? {};
    const { backfill, again } = await cancelCall(c, c.req.valid("param").id, reason);
    return c.json(backfill, again ? 200 : 202);
  });
  return routes;
}

function find(ask: Ask, id: string, what: "backfill" | undefined): Call {
  const call = ask((it) => it.call(id));
  if (call?.requested != null && (what === undefined || call.requested.order.what === what)) return call;
  throw new Refused(404, `there is no ${what ?? "request"} ${id}`);
}
