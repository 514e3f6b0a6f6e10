import { type Hook, OpenAPIHono, type RouteConfig } from "@hono/zod-openapi";
import { z } from "zod";
import type { DenialReason } from "./access/denials.ts";
import type { Principal } from "./access/principal.ts";
import type { Session } from "./access/session.ts";
import { problem, problemSchema } from "./problem.ts";

/** What middleware has found out about a request. */
export interface HttpEnv {
  Variables: {
    /** Who asks; set on every admin route, elsewhere where a token was shown. */
    principal: Principal;
    /** Set on the open routes: what operators wrote is kept back, as tokens are configured and none was shown. */
    discreet: boolean;
    /** Set on the console's pages: the browser's session, null for who reads without one. */
    session: Session | null;
    /** Names this request in the log. */
    requestId: string;
    /** The client's address: the socket's, or what a trusted proxy says. */
    address: string;
    /** Set by what refuses a request, for the log and the metrics. */
    denial: DenialReason;
  };
}

/** A set of routes that are described by the schemas that check them. */
export function createRouter(): OpenAPIHono<HttpEnv> {
  const router = new OpenAPIHono<HttpEnv>();
  const { openapi } = router;
  // The library's own hook for all routes does not learn of which route the mistake is.
  router.openapi = ((...[route, handler, hook]: Parameters<typeof openapi>) =>
    openapi(route, handler, hook ?? (refuseMistakes(route) as never))) as typeof openapi;
  return router;
}

function refuseMistakes({ request = {} }: Pick<RouteConfig, "request">): Hook<unknown, HttpEnv, string, unknown> {
  const json = request.body?.content["application/json"];
  const body = json !== undefined && "schema" in json ? json.schema : undefined;
  const schemas: Partial<Record<string, unknown>> = { query: request.query, json: body };
  return (result, c) =>
    result.success ? undefined : problem(c, 400, mistakesOf(result.error, result.target, schemas[result.target]));
}

/** Every mistake by its field's name; what was given is not repeated, as it may be a secret in the wrong place, as a name too. */
function mistakesOf(error: z.ZodError, target: string, schema: unknown): string {
  return error.issues
    .map((issue) => {
      const place = issue.path.length === 0 ? target : issue.path.map(String).join(".");
      if (issue.code !== "unrecognized_keys") return `${place}: ${issue.message}`;
      const known = schema instanceof z.ZodObject && issue.path.length === 0 ? Object.keys(schema.shape) : [];
      return `${place}: unknown field${known.length === 0 ? "" : `; known are ${known.join(", ")}`}`;
    })
    .join("; ");
}

/** An answer of JSON in a route's description. */
export function json<T extends z.ZodType>(schema: T, description: string) {
  return { description, content: { "application/json": { schema } } };
}

/** What each error answer means, for the description. */
export const about = {
  400: "the request cannot be read; `detail` names the field",
  401: "no token, or not a known one",
  403: "the principal's scope, or the place the request comes from, does not allow it",
  404: "there is no such thing",
  409: "it contradicts what is there; `detail` says what",
  413: "the body is too large",
  415: "a body must be application/json",
  422: "the request is well formed and cannot be done",
  429: "too many requests; `Retry-After` says when to come back",
  503: "it cannot be answered now",
} as const;

type ProblemStatus = keyof typeof about;
type ProblemAnswer = { description: string; content: { "application/problem+json": { schema: typeof problemSchema } } };

/** The error answers in a route's description. */
export function problems<S extends ProblemStatus>(...statuses: S[]): { [K in S]: ProblemAnswer } {
  const entries = statuses.map((status) => [
    status,
    { description: about[status], content: { "application/problem+json": { schema: problemSchema } } },
  ]);
  return Object.fromEntries(entries) as { [K in S]: ProblemAnswer };
}

/** What every admin route may answer besides its own. */
export const adminProblems = problems(400, 401, 403, 429, 503);

/** In a route's description: it needs a token, where one is configured. */
export const adminSecurity = [{ bearer: [] }];
