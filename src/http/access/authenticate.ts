import type { Context, MiddlewareHandler } from "hono";
import type { HttpEnv } from "../openapi.ts";
import { socketOf } from "./address.ts";
import { bearerToken } from "./bearer.ts";
import type { Bucket, Taken } from "./bucket.ts";
import { deny } from "./deny.ts";
import { hostName, isLoopbackAddress, isLoopbackName } from "./loopback.ts";
import type { Register } from "./register.ts";

export interface AuthenticateOptions {
  register: Register;
  /** Requests without a token, and those with a wrong one: by address, each in a bucket of its own. */
  anonymous: Bucket;
  logins: Bucket;
  addressKey: (address: string) => string;
}

/** Finds out who asks: whoever shows a known token; where none is configured, whoever asks from this machine. */
export function authenticate(options: AuthenticateOptions): MiddlewareHandler<HttpEnv> {
  return options.register.configured ? byToken(options) : local;
}

function byToken({ register, anonymous, logins, addressKey }: AuthenticateOptions): MiddlewareHandler<HttpEnv> {
  return async function byToken(c, next) {
    const key = addressKey(c.get("address"));
    const token = bearerToken(c.req.header("Authorization"));
    if (token === null) {
      const taken = await anonymous.take(key);
      return taken.allowed
        ? unauthorized(c, "no-token", "this needs the header Authorization: Bearer TOKEN", taken)
        : tooMany(c, "too many requests without a token", taken);
    }
    // Before any count: however often others fail from the same address, the right token passes.
    let principal = register.find(token);
    if (principal === null) {
      const taken = await logins.take(key);
      if (!taken.allowed) return tooMany(c, "too many wrong tokens", taken);
      const verified = await register.verify(token);
      if (verified === "busy") {
        return tooMany(c, "too many tokens are being verified", { ...taken, headers: { "Retry-After": "1" } });
      }
      if (verified === null) return unauthorized(c, "wrong-token", "this is not a known token", taken);
      await logins.giveBack(key);
      principal = verified;
    }
    c.set("principal", principal);
    return next();
  };
}

function unauthorized(
  c: Context<HttpEnv>,
  reason: "no-token" | "wrong-token",
  detail: string,
  { headers }: Taken,
): Response {
  return deny(c, 401, reason, detail, { ...headers, "WWW-Authenticate": 'Bearer realm="fulltime"' });
}

function tooMany(c: Context<HttpEnv>, what: string, { headers }: Taken): Response {
  return deny(c, 429, "rate", `${what}: come back in ${headers["Retry-After"] ?? "60"} s`, headers);
}

const remedy = "set FULLTIME_ADMIN_TOKEN";

/** What a proxy adds: behind one on this machine, a request from anywhere has a socket of this machine. */
const proxyHeaders = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP"];

const local: MiddlewareHandler<HttpEnv> = async (c, next) => {
  if (!isLoopbackAddress(socketOf(c).remote) || proxyHeaders.some((name) => c.req.header(name) !== undefined)) {
    return deny(c, 403, "not-local", `without a token this answers on loopback only: ${remedy}`);
  }
  // A page from elsewhere can make a browser on this machine ask: by a name that points here, or across sites.
  if (
    !isLoopbackHost(c.req.header("Host")) ||
    isForeign(c.req.header("Origin")) ||
    c.req.header("Sec-Fetch-Site") === "cross-site"
  ) {
    return deny(c, 403, "not-local", `without a token this answers to requests made for this machine only: ${remedy}`);
  }
  c.set("principal", { name: "local", scope: "admin" });
  return next();
};

function isLoopbackHost(host: string | undefined): boolean {
  if (host === undefined) return true;
  const name = hostName(host);
  return name !== null && isLoopbackName(name);
}

function isForeign(origin: string | undefined): boolean {
  if (origin === undefined) return false;
  return !URL.canParse(origin) || !isLoopbackHost(new URL(origin).host);
}
