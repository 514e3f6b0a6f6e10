import type { Context } from "hono";
import type { HttpEnv } from "../openapi.ts";
import type { Bucket, Taken } from "./bucket.ts";
import { deny } from "./deny.ts";
import type { Principal } from "./principal.ts";
import type { Register } from "./register.ts";

/** Whose token this is, or the answer to one that is nobody's. */
export type Login = (c: Context<HttpEnv>, token: string) => Promise<Principal | Response>;

export interface LoginOptions {
  register: Register;
  /** Wrong tokens, by address. */
  logins: Bucket;
  addressKey: (address: string) => string;
}

/** Tokens of one address that may wait for their verification, or be in it: what one address can make a node work for. */
const verificationsMax = 2;

/** A token is looked at before anything is counted: however often others fail from the same address, the right one passes. */
export function createLogin({ register, logins, addressKey }: LoginOptions): Login {
  const verifying = new Map<string, number>();

  async function verify(key: string, token: string): Promise<Principal | null | "busy"> {
    const before = verifying.get(key) ?? 0;
    if (before >= verificationsMax) return "busy";
    verifying.set(key, before + 1);
    try {
      return await register.verify(token);
    } finally {
      const left = (verifying.get(key) ?? 1) - 1;
      if (left === 0) verifying.delete(key);
      else verifying.set(key, left);
    }
  }

  return async function login(c, token) {
    const known = register.find(token);
    if (known !== null) return known;
    const key = addressKey(c.get("address"));
    const verified = await verify(key, token);
    if (verified === "busy") {
      return tooMany(c, "too many tokens are being verified", { allowed: false, headers: { "Retry-After": "1" } });
    }
    if (verified !== null) return verified;
    const taken = await logins.take(key);
    return taken.allowed
      ? unauthorized(c, "wrong-token", "this is not a known token", taken)
      : tooMany(c, "too many wrong tokens", taken);
  };
}

export function unauthorized(
  c: Context<HttpEnv>,
  reason: "no-token" | "wrong-token",
  detail: string,
  { headers }: Taken,
): Response {
  return deny(c, 401, reason, detail, { ...headers, "WWW-Authenticate": 'Bearer realm="fulltime"' });
}

export function tooMany(c: Context<HttpEnv>, what: string, { headers }: Taken): Response {
  return deny(c, 429, "rate", `${what}: come back in ${headers["Retry-After"] ?? "60"} s`, headers);
}
