import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { HttpEnv } from "../openapi.ts";
import { problem } from "../problem.ts";
import { isConsole } from "./console-paths.ts";
import { isForm } from "./form.ts";
import { isSafe } from "./safe.ts";

const bodyMaxBytes = 64 * 1024;

/** Bodies of 64 kB at most, whether they say their length or come in chunks. */
export function limitBody(): MiddlewareHandler<HttpEnv> {
  const limit = bodyLimit({
    maxSize: bodyMaxBytes,
    onError: (c) => problem(c, 413, `a body may have ${bodyMaxBytes} bytes`, { Connection: "close" }),
  });
  return async function limitBody(c, next) {
    // The server hands on no body of theirs, and to look for one costs a copy of the request.
    if (c.req.method === "GET" || c.req.method === "HEAD") return next();
    try {
      return await limit(c, next);
    } catch (error) {
      return cutOff(c, error);
    }
  };
}

/**
 * A form or a text is what a page of another site can post without asking first. Only the console takes forms, each with the
 * token of its session.
 */
export function jsonOnly(): MiddlewareHandler<HttpEnv> {
  return async function jsonOnly(c, next) {
    const type = c.req.header("Content-Type");
    if (isSafe(c.req.method) || !hasBody(c.req.raw.headers)) return next();
    if (isConsole(c.req.path)) return isForm(c) ? next() : problem(c, 415, "a body must be a form");
    if (/^application\/json(?:\s*;|$)/i.test(type ?? "")) return next();
    return problem(c, 415, "a body must be application/json");
  };
}

/** By its headers alone: the server makes a stream for every POST, with or without one. */
function hasBody(headers: Headers): boolean {
  if (headers.get("Content-Length") === "0") return false;
  return headers.has("Content-Length") || headers.has("Transfer-Encoding") || headers.has("Content-Type");
}

/** A client that goes away amid its body is no failure of this node, and no line in its log. */
export function cutOff(c: Context, error: unknown): Response {
  if (!c.req.raw.signal.aborted) throw error;
  return problem(c, 400, "the body ended before its end");
}
