import type { MiddlewareHandler } from "hono";
import type { HttpEnv } from "../openapi.ts";
import type { Bucket } from "./bucket.ts";
import { deny } from "./deny.ts";
import { isSafe } from "./safe.ts";

export interface RateLimitOptions {
  /** Of what changes something. */
  admin: Bucket;
  /** Of what only looks. */
  read: Bucket;
}

/** Counts what a principal asks for, each principal by itself. Comes after `authenticate`. */
export function rateLimit({ admin, read }: RateLimitOptions): MiddlewareHandler<HttpEnv> {
  return async function rateLimit(c, next) {
    const bucket = isSafe(c.req.method) ? read : admin;
    const { allowed, headers } = await bucket.take(c.get("principal").name);
    if (!allowed) {
      const detail = `too many requests of ${c.get("principal").name}: come back in ${headers["Retry-After"]} s`;
      return deny(c, 429, "rate", detail, headers);
    }
    for (const [name, value] of Object.entries(headers)) c.header(name, value);
    return next();
  };
}
