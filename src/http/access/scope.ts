import type { MiddlewareHandler } from "hono";
import type { HttpEnv } from "../openapi.ts";
import { deny } from "./deny.ts";
import { allows, type Scope } from "./principal.ts";
import { isSafe } from "./safe.ts";

/** Lets principals pass who may do this much. Comes after `authenticate`. */
export function requireScope(scope: Scope): MiddlewareHandler<HttpEnv> {
  return async function requireScope(c, next) {
    const principal = c.get("principal");
    if (allows(principal, scope)) return next();
    const detail = `this needs the scope ${scope}, ${principal.name} has ${principal.scope}`;
    return deny(c, 403, "scope", detail, { "WWW-Authenticate": `Bearer error="insufficient_scope", scope="${scope}"` });
  };
}

/** What every admin route needs at least: `read` to look, `operate` to change something. */
export function requireScopeOfMethod(): MiddlewareHandler<HttpEnv> {
  const [read, operate] = [requireScope("read"), requireScope("operate")];
  return async function requireScopeOfMethod(c, next) {
    return isSafe(c.req.method) ? read(c, next) : operate(c, next);
  };
}
