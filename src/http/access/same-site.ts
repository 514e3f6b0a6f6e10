import type { MiddlewareHandler } from "hono";
import type { HttpEnv } from "../openapi.ts";
import { deny } from "./deny.ts";
import { isSafe } from "./safe.ts";

/**
 * Refuses what a page of another origin makes a browser send, where it would change something. `hono/csrf` looks at forms
 * only and lets a JSON post through. Clients that are no browser send neither header and pass.
 */
export function sameSite({ corsOrigins }: { corsOrigins: readonly string[] }): MiddlewareHandler<HttpEnv> {
  return async function sameSite(c, next) {
    if (isSafe(c.req.method)) return next();
    const origin = c.req.header("Origin");
    if (origin !== undefined && corsOrigins.includes(origin)) return next();
    const site = c.req.header("Sec-Fetch-Site");
    const host = c.req.header("Host") ?? new URL(c.req.url).host;
    if ((site === undefined || site === "same-origin" || site === "none") && isOf(host, origin)) return next();
    return deny(
      c,
      403,
      "cross-site",
      "a page of another origin may change nothing here: see FULLTIME_CORS_ORIGINS if it should",
    );
  };
}

/** The scheme is left out: whether there is TLS before this node, its proxy knows. */
function isOf(host: string, origin: string | undefined): boolean {
  if (origin === undefined) return true;
  if (!URL.canParse(origin)) return false;
  const { protocol, host: originHost } = new URL(origin);
  const own = `${protocol}//${host}`;
  return URL.canParse(own) && new URL(own).host === originHost;
}
