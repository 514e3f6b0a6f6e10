import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import type { Logger } from "pino";
import type { Clock } from "../../clock.ts";
import type { HttpEnv } from "../openapi.ts";
import { trustedProxies } from "./address.ts";
import { allowedHost } from "./allowed-host.ts";
import { authenticate, identify } from "./authenticate.ts";
import { jsonOnly, limitBody } from "./body.ts";
import { createAddressKey, createBucket, type Quota } from "./bucket.ts";
import { isConsole } from "./console-paths.ts";
import { createDenials, type Denials } from "./denials.ts";
import { createFormTokens, type FormTokens } from "./form-token.ts";
import { createLogin, type Login } from "./login.ts";
import { noTokenElsewhere } from "./misplaced-token.ts";
import type { PrincipalEntry } from "./principal.ts";
import { isProbe } from "./probes.ts";
import { limitReads, rateLimit } from "./rate-limit.ts";
import { createRegister } from "./register.ts";
import { identifyReader } from "./reader.ts";
import { requestLog } from "./request-log.ts";
import { sameSite } from "./same-site.ts";
import { requireScopeOfMethod } from "./scope.ts";
import { createSessions, type Sessions } from "./session.ts";
import { takeTurns } from "./turns.ts";

/** Who may ask, from where and how much; what is left out is closed, or the default. */
export interface AccessOptions {
  principals?: readonly PrincipalEntry[];
  /** The address or name this node binds, and others it is reached by. */
  host?: string;
  allowedHosts?: readonly string[];
  /** Addresses and networks whose `X-Forwarded-For` is believed. */
  trustedProxies?: readonly string[];
  /** Origins whose pages may ask. */
  corsOrigins?: readonly string[];
  quotas?: Partial<Quotas>;
}

/**
 * Of each principal: `admin` what changes something, `read` what looks. Of each address: `read` of the open routes without a
 * token, `anonymous` requests of the admin routes without one, `login` wrong ones.
 */
export type Quotas = Record<"admin" | "read" | "anonymous" | "login", Quota>;

const defaultQuotas: Quotas = {
  admin: { quota: 10, window: 60 },
  // A page or a script that looks ten times a second is no flood; turns.ts keeps many of them from holding health up.
  read: { quota: 3000, window: 60 },
  anonymous: { quota: 10, window: 60 },
  login: { quota: 10, window: 60 },
};

/** More wait than one address has connections: who keeps one request on each is not turned away. */
const waitingMax = 300;
/** Of requests that are being answered, the log or a file may keep some waiting. */
const atOnceMax = 8;

export interface Access {
  /** Of every request, before anything else. */
  guards: MiddlewareHandler<HttpEnv>[];
  /** Of the admin routes: who asks, how often, what they may. */
  admin: MiddlewareHandler<HttpEnv>[];
  /** Of the console's pages: who reads, how often, what he may. */
  console: MiddlewareHandler<HttpEnv>[];
  /** Of what a browser asks for before anybody has signed in. */
  frontDoor: MiddlewareHandler<HttpEnv>[];
  /** Of the others, but for probes: who asks, where he shows it, and how often; in turns. */
  open: MiddlewareHandler<HttpEnv>[];
  /** Of every request that passed those: what it may bring. */
  bodies: MiddlewareHandler<HttpEnv>[];
  denials: Denials;
  /** There are tokens: somebody has to sign in. */
  configured: boolean;
  login: Login;
  sessions: Sessions;
  formTokens: FormTokens;
}

export interface AccessGiven {
  adminToken: string | null;
  access?: AccessOptions | undefined;
  logger: Logger;
  clock: Pick<Clock, "elapsed">;
}

export function createAccess({ adminToken, access = {}, logger, clock }: AccessGiven): Access {
  const { host = "127.0.0.1", allowedHosts = [], corsOrigins = [] } = access;
  const register = createRegister(adminToken, access.principals ?? []);
  const isTrusted = trustedProxies(access.trustedProxies ?? []);
  const denials = createDenials({ logger, clock });
  const quotas = { ...defaultQuotas, ...access.quotas };
  const anonymous = createBucket("anonymous", quotas.anonymous);
  const logins = createBucket("login", quotas.login);
  const read = createBucket("read", quotas.read);
  const addressKey = createAddressKey();
  const login = createLogin({ register, logins, addressKey });
  const sessions = createSessions(clock);
  const limits = rateLimit({ admin: createBucket("admin", quotas.admin), read });
  // To refuse costs a turn too. Who is being verified holds up nobody else.
  const arrivals = takeTurns({ atOnceMax: Number.POSITIVE_INFINITY, waitingMax });
  const turns = takeTurns({ atOnceMax, waitingMax });
  return {
    denials,
    configured: register.configured,
    login,
    sessions,
    formTokens: createFormTokens(),
    guards: [
      requestLog({ logger, clock, register, isTrusted, denials }),
      allowedHost({ host, allowedHosts }),
      ...(corsOrigins.length > 0 ? [allowOrigins(corsOrigins)] : []),
      sameSite({ corsOrigins }),
    ],
    admin: [authenticate({ register, login, anonymous, addressKey }), limits, requireScopeOfMethod()],
    console: [
      arrivals,
      // What somebody sends whose session has ended is kept for his next one, but no more of it than of others.
      limitBody(),
      identifyReader({ register, login, sessions }),
      ...[limits, requireScopeOfMethod()].map(unlessSigningOut),
      turns,
    ],
    frontDoor: [arrivals, limitReads(read, addressKey), turns],
    open: [arrivals, identify({ register, login, sessions }), limitReads(read, addressKey), turns].map(ofOpenRoutes),
    bodies: [limitBody(), jsonOnly(), ...(register.configured ? [noTokenElsewhere({ register, logins })] : [])],
  };
}

/** Probes are answered whatever else is asked; the admin routes and the console have seen to it themselves. */
function ofOpenRoutes(handler: MiddlewareHandler<HttpEnv>): MiddlewareHandler<HttpEnv> {
  return (c, next) => {
    const { path } = c.req;
    return isProbe(c) || path.startsWith("/api/admin/") || isConsole(path) ? next() : handler(c, next);
  };
}

/** Whoever may look may also leave, however much he has asked for. */
function unlessSigningOut(handler: MiddlewareHandler<HttpEnv>): MiddlewareHandler<HttpEnv> {
  return (c, next) => (c.req.path === "/sign-out" ? next() : handler(c, next));
}

function allowOrigins(origins: readonly string[]): MiddlewareHandler<HttpEnv> {
  return cors({
    origin: [...origins],
    allowMethods: ["GET", "HEAD", "POST", "DELETE"],
    allowHeaders: ["Authorization", "Content-Type", "Idempotency-Key", "If-None-Match", "X-Request-Id"],
    exposeHeaders: ["ETag", "Location", "RateLimit", "RateLimit-Policy", "Retry-After", "X-Request-Id"],
    maxAge: 600,
  });
}
