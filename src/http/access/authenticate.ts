import type { MiddlewareHandler } from "hono";
import type { HttpEnv } from "../openapi.ts";
import { socketOf } from "./address.ts";
import { bearerToken } from "./bearer.ts";
import type { Bucket } from "./bucket.ts";
import { deny } from "./deny.ts";
import { type Login, tooMany, unauthorized } from "./login.ts";
import { hostName, isLoopbackAddress, isLoopbackName } from "./loopback.ts";
import type { Register } from "./register.ts";

export interface AuthenticateOptions {
  register: Register;
  login: Login;
  /** Requests without a token, by address. */
  anonymous: Bucket;
  addressKey: (address: string) => string;
}

/** Finds out who asks: whoever shows a known token; where none is configured, whoever asks from this machine. */
export function authenticate(options: AuthenticateOptions): MiddlewareHandler<HttpEnv> {
  return options.register.configured ? byToken(options) : local;
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

/** Of a route that answers everybody: who shows a token is told apart, and a wrong one is refused, so that it is noticed and counted. */
export function identify({
  register,
  login,
}: Pick<AuthenticateOptions, "register" | "login">): MiddlewareHandler<HttpEnv> {
  return async function identify(c, next) {
    const token = register.configured ? bearerToken(c.req.header("Authorization")) : null;
    c.set("discreet", register.configured && token === null);
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
