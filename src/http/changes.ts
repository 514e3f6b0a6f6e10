import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import { networkOf } from "./access/address.ts";
import { createChangeFeed, type Follower, type News, strangersOfPlaceMax } from "./change-feed.ts";
import { type Condition, conditionOf } from "./condition.ts";
import * as fields from "./fields.ts";
import { createRouter, type HttpEnv, problems } from "./openapi.ts";
import type { HttpOptions } from "./options.ts";
import { Refused } from "./problem.ts";

const follow = createRoute({
  method: "get",
  path: "/api/changes",
  operationId: "followChanges",
  tags: ["matches"],
  summary: "Which matches have changed, as server-sent events",
  description: `\`event: changed\` with \`data: {"matches": [ids] or "many", "sequence"}\`, four times a second at most; the first one names the present sequence and no match. \`id\` is the sequence: who comes back with \`Last-Event-ID\` is told what it missed, or gets \`event: reset\` with \`data: {"sequence"}\`: ask for everything anew. Of one address ${strangersOfPlaceMax} may follow without a token. \`event: condition\` with \`data: {"condition"}\`, and no \`id\`, comes after that first one, within a second or two when it turns, and every 15 s when there is no other news: \`current\`; \`behind\` the log by a thousand events or more; \`old\`, as the read model is being made anew; \`stalled\`; or \`nats-away\`.`,
  request: {
    query: z.strictObject({
      after: fields.sequenceSchema.optional().meta({
        description:
          "the `sequence` of the answer that is to be kept up to date, where there is no `Last-Event-ID` yet",
      }),
    }),
    headers: z.object({
      "last-event-id": z.string().optional().meta({ description: "the `id` of the last event that was received" }),
    }),
  },
  responses: {
    200: { description: "goes on until either side ends it", content: { "text/event-stream": { schema: z.string() } } },
    ...problems(400, 503),
  },
});

/** `GET /api/changes`. */
export function changesRoutes({
  readModel,
  log,
  clock,
}: Pick<HttpOptions, "readModel" | "log" | "clock">): OpenAPIHono<HttpEnv> {
  const condition = (): Condition => conditionOf(log.connected(), readModel.state(), readModel.sequence());
  const feed = createChangeFeed({ readModel, condition, clock });
  const routes = createRouter();
  routes.openapi(follow, (c) => {
    const lastSeen = c.req.header("Last-Event-ID");
    const headers = {
      "Content-Type": "text/event-stream",
      "Cache-Control": "no-store",
      // Proxies that gather answers would keep the news to themselves.
      "X-Accel-Buffering": "no",
    };
    // Nobody would read the stream, nor end it.
    if (c.req.raw.method === "HEAD") return c.body(null, 200, headers);
    const { after = null } = c.req.valid("query");
    const principal = c.get("principal") as HttpEnv["Variables"]["principal"] | undefined;
    const stranger = principal === undefined ? networkOf(c.get("address")) : null;
    const follower = feed.join(lastSeen === undefined ? after : sequenceIn(lastSeen), stranger);
    if (follower === null)
      throw new Refused(503, "as many follow the changes as this node lets: poll, show a token, or come back later", {
        headers: { "Retry-After": "10" },
      });
    // An answer that was dropped before anyone read it is not cancelled.
    c.req.raw.signal.addEventListener("abort", follower.leave, { once: true });
    return c.body(streamOf(follower), 200, headers);
  });
  return routes;
}

function sequenceIn(id: string): number {
  return /^\d{1,15}$/.test(id) ? Number(id) : Number.NaN;
}

/** Each event is made when the client has room for it: what it does not read is merged, never queued. */
function streamOf(follower: Follower): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let left = false;
  return new ReadableStream(
    {
      async pull(controller) {
        const news = await follower.next();
        if (left) return;
        if (news === null) controller.close();
        else controller.enqueue(encoder.encode(textOf(news)));
      },
      cancel() {
        left = true;
        follower.leave();
      },
    },
    { highWaterMark: 0 },
  );
}

function textOf(news: News): string {
  // Without an id: who comes back has seen no more of the log by it.
  if (news.kind === "condition") return `event: condition\ndata: ${JSON.stringify({ condition: news.condition })}\n\n`;
  const { kind, sequence } = news;
  const data =
    kind === "reset" ? { sequence } : { matches: news.matches === "many" ? "many" : [...news.matches], sequence };
  return `event: ${kind}\nid: ${sequence}\ndata: ${JSON.stringify(data)}\n\n`;
}
