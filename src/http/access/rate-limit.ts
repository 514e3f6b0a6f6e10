import type { MiddlewareHandler } from "hono";
import type { HttpEnv } from "../openapi.ts";
import type { Bucket } from "./bucket.ts";
import { tooMany } from "./login.ts";
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
    const { name } = c.get("principal");
    const taken = await (isSafe(c.req.method) ? read : admin).take(name);
    if (!taken.allowed) return tooMany(c, `too many requests of ${name}`, taken);
    for (const [header, value] of Object.entries(taken.headers)) c.header(header, value);
    return next();
  };
}

/** Counts what is asked of the open routes: with what a principal reads elsewhere, or by address. Comes after `identify`. */
export function limitReads(read: Bucket, addressKey: (address: string) => string): MiddlewareHandler<HttpEnv> {
  return async function limitReads(c, next) {
    const principal = c.get("principal") as HttpEnv["Variables"]["principal"] | undefined;
    // No principal has a space in its name.
    const taken = await read.take(principal?.name ?? `address ${addressKey(c.get("address"))}`);
    if (!taken.allowed) return tooMany(c, `too many requests of ${principal?.name ?? "this address"}`, taken);
    for (const [header, value] of Object.entries(taken.headers)) c.header(header, value);
    return next();
  };
}
