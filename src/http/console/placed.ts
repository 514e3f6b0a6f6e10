import type { Context } from "hono";
import type { Ask } from "../asking.ts";
import { callIdOf } from "../calls/call-id.ts";
import type { HttpEnv } from "../openapi.ts";

/**
 * The request that a form with this call id has already led to; null for a new one. What a filter stands for changes once it
 * has been acted on: a form that is sent again must lead to what it did, not be read anew.
 */
export function placedBefore(c: Context<HttpEnv>, ask: Ask, callId: string): string | null {
  const id = callIdOf(c.get("principal").name, callId);
  const call = ask((it) => it.call(id));
  return call?.requested == null ? null : id;
}
