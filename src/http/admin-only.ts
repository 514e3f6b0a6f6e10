import { createHash, timingSafeEqual } from "node:crypto";
import { isIP } from "node:net";
import { getConnInfo } from "@hono/node-server/conninfo";
import type { Context, MiddlewareHandler } from "hono";
import { problem } from "./problem.ts";

/** Lets operators pass: whoever shows the token; where none is configured, whoever asks from this machine. */
export function adminOnly(token: string | null): MiddlewareHandler {
  return token === null ? loopbackOnly : bearerOf(token);
}

function bearerOf(token: string): MiddlewareHandler {
  const wanted = digest(token);
  return async function bearer(c, next) {
    const [, given] = /^Bearer +(\S+)$/i.exec(c.req.header("Authorization") ?? "") ?? [];
    // Digests are of one length, so neither the time nor the length of the comparison tells anything of the token.
    if (given !== undefined && timingSafeEqual(digest(given), wanted)) return next();
    const detail = given === undefined ? "this needs the header Authorization: Bearer TOKEN" : "this is not the token";
    return problem(c, 401, detail, { "WWW-Authenticate": 'Bearer realm="fulltime"' });
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

const loopbackOnly: MiddlewareHandler = async (c, next) => {
  if (!isLoopbackAddress(remoteAddress(c))) {
    return problem(c, 403, "without a token this answers on loopback only: set FULLTIME_ADMIN_TOKEN");
  }
  // A page from elsewhere can make a browser on this machine ask: by a name that points here, or across sites.
  if (!isLoopbackHost(c.req.header("Host")) || isForeign(c.req.header("Origin"))) {
    return problem(
      c,
      403,
      "without a token this answers to requests made for this machine only: set FULLTIME_ADMIN_TOKEN",
    );
  }
  return next();
};

/** Of the socket, never of a header that anybody can write. */
function remoteAddress(c: Context): string {
  try {
    return getConnInfo(c).remote.address ?? "";
  } catch {
    return "";
  }
}

function isLoopbackAddress(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, "");
  return plain === "::1" || (isIP(plain) === 4 && plain.startsWith("127."));
}

function isLoopbackHost(host: string | undefined): boolean {
  if (host === undefined) return true;
  const name = host.replace(/:\d+$/, "").toLowerCase();
  return name === "localhost" || name === "[::1]" || isLoopbackAddress(name);
}

function isForeign(origin: string | undefined): boolean {
  if (origin === undefined) return false;
  return !URL.canParse(origin) || !isLoopbackHost(new URL(origin).host);
}
