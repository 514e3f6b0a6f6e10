import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Context } from "hono";
import type { HttpEnv } from "../openapi.ts";

/**
 * Tokens that stand in the console's forms: a post without the one of its session was made by no page of ours. They end with
 * the session, and all of them when this process ends.
 */
export interface FormTokens {
  /** 64 hexadecimal digits. Comes after `identifyReader`. */
  of(c: Context<HttpEnv>): string;
  matches(c: Context<HttpEnv>, given: string): boolean;
}

export function createFormTokens(): FormTokens {
  const key = randomBytes(32);
  function of(c: Context<HttpEnv>): string {
    const session = c.get("session");
    // Who has no session is told apart by where he sits, or shows his token with every request.
    const bound = session === null ? `principal ${c.get("principal").name}` : `session ${session.key}`;
    return createHmac("sha256", key).update(bound).digest("hex");
  }
  return {
    of,
    matches(c, given) {
      const [own, shown] = [Buffer.from(of(c)), Buffer.from(given)];
      return own.length === shown.length && timingSafeEqual(own, shown);
    },
  };
}
