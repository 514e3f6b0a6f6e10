import { createHash, randomUUID } from "node:crypto";
import type { Context } from "hono";
import type { HttpEnv } from "./openapi.ts";
import type { HttpOptions } from "./options.ts";

/**
 * Entity tags of answers that follow from the read model alone. An answer that depends on the clock has none: it changes
 * without anything being written.
 */
export interface Freshness {
  /**
   * The tag of this URL's answer while what it shows is at `version`, a sequence of the log. Weak: it promises the same
   * facts, not the same bytes. Another process or build of the read model may show the same sequence differently, and a
   * stranger is told less: all of that is in it. null while an old build answers, which is to be replaced.
   */
  tag(c: Context<HttpEnv>, version: number): string | null;
}

export function createFreshness({ readModel }: Pick<HttpOptions, "readModel">): Freshness {
  const process = randomUUID();
  return {
    tag(c, version) {
      const { stale, since } = readModel.state();
      if (stale) return null;
      const { pathname, search } = new URL(c.req.url);
      const parts = JSON.stringify([process, since, version, pathname, search, c.get("discreet")]);
      return `W/"${createHash("sha256").update(parts).digest("base64url").slice(0, 22)}"`;
    },
  };
}

/** The caller has that answer already (RFC 9110, 13.1.2: tags are compared weakly). `*` is no tag of an answer. */
export function isKnown(c: Context, tag: string | null): boolean {
  if (tag === null) return false;
  const known: string[] = c.req.header("If-None-Match")?.match(/"[^"]*"/g) ?? [];
  return known.includes(tag.replace(/^W\//, ""));
}

/** The headers of an answer with that tag, and of the 304 that stands for it. `admin`: no cache may show it to others. */
export function freshHeaders(tag: string | null, admin = false): Record<string, string> {
  if (tag === null) return { "Cache-Control": "no-store" };
  return { ETag: tag, "Cache-Control": admin ? "private, no-cache" : "no-cache" };
}

/** The answer 304 in a route's description. */
export const unchanged = { 304: { description: "the answer whose `ETag` was given in `If-None-Match` still stands" } };
