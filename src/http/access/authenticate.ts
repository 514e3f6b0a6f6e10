import type { Context, MiddlewareHandler } from "hono";
import type { HttpEnv } from "../openapi.ts";
import { socketOf } from "./address.ts";
import { bearerToken } from "./bearer.ts";
import type { Bucket } from "./bucket.ts";
import { deny } from "./deny.ts";
import { type Login, tooMany, unauthorized } from "./login.ts";
import { hostName, isLoopbackAddress, isLoopbackName } from "./loopback.ts";
import type { Principal } from "./principal.ts";
import type { Register } from "./register.ts";
import type { Sessions } from "./session.ts";

export interface AuthenticateOptions {
  register: Register;
  login: Login;
  /** Requests without a token, by address. */
  anonymous: Bucket;
  addressKey: (address: string) => string;
}

/** Finds out who asks: whoever shows a known token; where none is configured, whoever asks from this machine. */
export function authenticate(options: AuthenticateOptions): MiddlewareHandler<HttpEnv> {
  return options.register.configured ? byToken(options) : ofThisMachine;
}

function byToken({ login, anonymous, addressKey }: AuthenticateOptions): MiddlewareHandler<HttpEnv> {
  return async function byToken(c, next) {
    const token = bearerToken(c.req.header("Authorization"));
    if (token === null) {
      const taken = await anonymous.take(addressKey(c.get("address")));
      return taken.allowed
        ? unauthorized(c, "no-token", "this needs the header Authorization: Bearer TOKEN", taken)
        : tooMany(c, "too many requests without a token", taken);
    }
    const found = await login(c, token);
    if (found instanceof Response) return found;
    c.set("principal", found);
    return next();
  };
}

/**
 * Of a route that answers everybody: who shows a token is told apart, and a wrong one is refused, so that it is noticed and
 * counted. A page of the console asks too, by its reader's session.
 */
export function identify({
  register,
  login,
  sessions,
}: Pick<AuthenticateOptions, "register" | "login"> & { sessions: Sessions }): MiddlewareHandler<HttpEnv> {
  return async function identify(c, next) {
    // Every console that is open on this machine follows the changes: they are no strangers to each other.
    if (!register.configured && c.req.header("Sec-Fetch-Site") === "same-origin" && whyNotLocal(c) === null) {
      c.set("principal", localPrincipal);
    }
    const token = register.configured ? bearerToken(c.req.header("Authorization")) : null;
    const session = register.configured && token === null ? sessions.find(c) : null;
    c.set("session", session);
    c.set("discreet", register.configured && token === null && session === null);
    if (session !== null) c.set("principal", session.principal);
    if (token === null) return next();
    const found = await login(c, token);
    if (found instanceof Response) return found;
    c.set("principal", found);
    return next();
  };
}

const remedy = "set FULLTIME_ADMIN_TOKEN";

/** What a proxy adds: behind one on this machine, a request from anywhere has a socket of this machine. */
const proxyHeaders = [
  "CF-Connecting-IP",
  "Forwarded",
  "True-Client-IP",
  "Via",
  "X-Client-IP",
  "X-Forwarded-For",
  "X-Forwarded-Host",
  "X-Forwarded-Proto",
  "X-Real-IP",
];

const localPrincipal: Principal = { name: "local", scope: "admin" };

/** Where no token is configured: whoever asks from this machine may do everything. */
export const ofThisMachine: MiddlewareHandler<HttpEnv> = async (c, next) => {
  const why = whyNotLocal(c);
  if (why !== null) return deny(c, 403, "not-local", `without a token this answers ${why} only: ${remedy}`);
  c.set("principal", localPrincipal);
  return next();
};

function whyNotLocal(c: Context<HttpEnv>): string | null {
  if (!isLoopbackAddress(socketOf(c).remote) || proxyHeaders.some((name) => c.req.header(name) !== undefined)) {
    return "on loopback";
  }
  // A page from elsewhere can make a browser on this machine ask: by a name that points here, or across sites.
  const foreign =
    !isLoopbackHost(c.req.header("Host")) ||
    isForeign(c.req.header("Origin")) ||
    c.req.header("Sec-Fetch-Site") === "cross-site";
  return foreign ? "to requests made for this machine" : null;
}

function isLoopbackHost(host: string | undefined): boolean {
  if (host === undefined) return true;
  const name = hostName(host);
  return name !== null && isLoopbackName(name);
}

function isForeign(origin: string | undefined): boolean {
  if (origin === undefined) return false;
  return !URL.canParse(origin) || !isLoopbackHost(new URL(origin).host);
}
