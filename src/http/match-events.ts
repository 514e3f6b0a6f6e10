import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import type { LogMessage } from "../events/log.ts";
import { shownMoment, timelineOf } from "../projections/timeline.ts";
import { discreetMoment, discretion } from "./discretion.ts";
import * as fields from "./fields.ts";
import { createFreshness, freshHeaders, isKnown, unchanged } from "./fresh.ts";
import { fromLog } from "./from-log.ts";
import { createRouter, type HttpEnv, json, problems } from "./openapi.ts";
import type { HttpOptions } from "./options.ts";
import { Refused } from "./problem.ts";

const stored = { sequence: z.int(), subject: z.string(), storedAt: fields.instantSchema };

const eventSchema = z
  .object({
    ...stored,
    id: z.string(),
    type: z.string(),
    time: fields.instantSchema,
    actor: z.string(),
    causationId: z.string().nullable(),
    cause: z
      .int()
      .nullable()
      .meta({ description: "sequence of the event that caused it; null when none of this match did" }),
    lateMs: z.number().nullable().meta({ description: "how long after its stage fell due an answer came" }),
    ignored: z.string().nullable().meta({ description: "why it changed nothing; null when it did" }),
    data: z.looseObject({}).meta({ description: "as the event's type has it" }),
  })
  .meta({ id: "Event" });

const unreadableSchema = z
  .object({
    ...stored,
    undecodable: z.object({ code: z.string(), text: z.string().nullable() }).nullable(),
    body: z.string().nullable().meta({ description: "its beginning, 2 kB at most; null for who may not read it" }),
  })
  .meta({ id: "UnreadableMessage", description: "a message that is no event of a match" });

/** The answer of `GET /api/matches/:id/events`. */
export const eventsSchema = z.object({
  matchId: z.string(),
  events: z.array(z.union([eventSchema, unreadableSchema])),
  nextAfter: z.int().nullable().meta({ description: "`after` of the next page; null on the last one" }),
});

const timeline = createRoute({
  method: "get",
  path: "/api/matches/{id}/events",
  operationId: "listMatchEvents",
  tags: ["matches"],
  summary: "The life of one match: every message under it, from the log",
  request: {
    params: z.object({ id: fields.matchIdSchema }),
    query: z.strictObject({
      after: fields.sequenceSchema.default(0).meta({ description: "messages with a higher sequence" }),
      limit: fields.limitSchema(100),
    }),
  },
  description: discretion,
  responses: { 200: json(eventsSchema, "a page, ascending by sequence"), ...unchanged, ...problems(400, 404, 503) },
});

/** `GET /api/matches/:id/events`. */
export function matchEventsRoutes(options: HttpOptions): OpenAPIHono<HttpEnv> {
  const { log, policy } = options;
  const freshness = createFreshness(options);
  const routes = createRouter();
  routes.openapi(timeline, async (c) => {
    const { id } = c.req.valid("param");
    const { after, limit } = c.req.valid("query");
    const messages: LogMessage[] = await fromLog(options, () => log.history({ root: "match", id }));
    const newest = messages.at(-1);
    if (newest === undefined) throw new Refused(404, "there is no match of that id");
    const tag = freshness.tag(c, newest.sequence);
    const headers = freshHeaders(tag, c.req.header("Authorization") !== undefined);
    if (isKnown(c, tag)) return c.body(null, 304, headers);
    // Cause and lateness of a message come from all before it.
    const rest = timelineOf(id, messages, policy).moments.filter(({ message }) => message.sequence > after);
    const page = rest.slice(0, limit);
    const nextAfter = rest.length > limit ? (page.at(-1)?.message.sequence ?? null) : null;
    const shown = page.map(shownMoment);
    const events = (c.get("discreet") ? shown.map(discreetMoment) : shown) as z.infer<typeof eventsSchema>["events"];
    return c.json({ matchId: id, events, nextAfter }, 200, headers);
  });
  return routes;
}
