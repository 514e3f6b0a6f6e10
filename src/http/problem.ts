import type { Context, ErrorHandler, NotFoundHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Logger } from "pino";
import { z } from "zod";
import { routePattern } from "./route-pattern.ts";

/** An error answer as RFC 9457 has it. `title` is the status in words, `detail` says what is wrong with this request. */
export const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
  })
  .meta({ id: "Problem" });

/** Members of a problem beside the standard ones, e.g. what differs from a plan. */
export type Extension = Readonly<Record<string, unknown>>;

/** Thrown by a route that cannot do what was asked: the one handler of errors makes the answer. */
export class Refused extends HTTPException {
  readonly extension: Extension;
  readonly headers: Record<string, string>;

  constructor(
    status: ContentfulStatusCode,
    detail: string,
    { extension = {}, headers = {} }: { extension?: Extension; headers?: Record<string, string> } = {},
  ) {
    super(status, { message: detail });
    this.extension = extension;
    this.headers = headers;
  }
}

/** Whatever a message quotes, an answer stays short. */
const detailLengthMax = 300;

const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

export function problem(
  c: Context,
  status: ContentfulStatusCode,
  detail: string,
  headers: Record<string, string> = {},
  extension: Extension = {},
): Response {
  const title = titles[status] ?? "Error";
  const body: z.infer<typeof problemSchema> = {
    ...extension,
    type: "about:blank",
    title,
    status,
    detail: detail.slice(0, detailLengthMax),
  };
  return c.body(JSON.stringify(body), status, { ...headers, "Content-Type": "application/problem+json" });
}

/** The one place that turns a throw into an answer. What nobody foresaw is told to the log, not to the caller. */
export function onError(logger: Logger): ErrorHandler {
  return (error, c) => {
    if (error instanceof Refused) return problem(c, error.status, error.message, error.headers, error.extension);
    if (error instanceof HTTPException) return problem(c, error.status, error.message);
    // The route and not the path: whatever a client wrote stays out of the log.
    logger.error(
      { err: error, method: c.req.method, route: routePattern(c), requestId: c.get("requestId") },
      "a request failed",
    );
    return problem(c, 500, "this request could not be answered; the node's log tells why");
  };
}

/** Does not repeat the path: a link with a secret in it must not become a page with one. */
export const notFound: NotFoundHandler = (c) =>
  problem(c, 404, "there is no such route; GET /docs lists what there is");

/** For a path that is there and takes other methods. */
export function wrongMethod(c: Context, methods: readonly string[]): Response {
  const allow = methods.join(", ");
  return problem(c, 405, `this takes ${allow}`, { Allow: allow });
}
