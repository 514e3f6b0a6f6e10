import type { Context } from "hono";
import type { HttpEnv } from "../openapi.ts";
import { problem } from "../problem.ts";
import type { DenialReason } from "./denials.ts";

/** Refuses a request for who makes it, from where or how often: answered as a problem, counted once by the request log. */
export function deny(
  c: Context<HttpEnv>,
  status: 400 | 401 | 403 | 429,
  reason: DenialReason,
  detail: string,
  headers: Record<string, string> = {},
): Response {
  c.set("denial", reason);
  return problem(c, status, detail, headers);
}
