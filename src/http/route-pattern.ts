import type { Context } from "hono";
import { matchedRoutes } from "hono/route";
import { METHOD_NAME_ALL } from "hono/router";

/** The pattern of the route that a request is for, `unmatched` where there is none: what may be told of a path without telling what its caller wrote. */
export function routePattern(c: Context): string {
  // Middleware is registered for all methods; a route is not.
  return matchedRoutes(c).findLast(({ method }) => method !== METHOD_NAME_ALL)?.path ?? "unmatched";
}
