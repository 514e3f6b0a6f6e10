import type { MiddlewareHandler } from "hono";
import type { HttpEnv } from "../openapi.ts";
import { socketOf } from "./address.ts";
import { deny } from "./deny.ts";
import { hostName, isLoopbackName } from "./loopback.ts";
import { isProbe } from "./probes.ts";

export interface AllowedHostOptions {
  /** The address or name this node binds. */
  host: string;
  /** Names it is reached by besides. */
  allowedHosts: readonly string[];
}

/**
 * Answers to the names of this node only: loopback, the configured host, the allowed ones, and the address the connection
 * itself was made to. Any other name is one that somebody's name server pointed here, for a page of theirs to read. Probes are answered by any name: a load balancer asks
 * by the address it knows, and they tell an attacker nothing.
 */
export function allowedHost({ host, allowedHosts }: AllowedHostOptions): MiddlewareHandler<HttpEnv> {
  const names = new Set([host, ...allowedHosts].map((name) => hostName(bracketed(name)) ?? name));
  return async function allowedHost(c, next) {
    const header = c.req.header("Host");
    if (header === undefined || isProbe(c)) return next();
    const name = hostName(header);
    if (name !== null && (isLoopbackName(name) || names.has(name) || name === bracketed(socketOf(c).local)))
      return next();
    return deny(c, 403, "host", "this node does not go by that name: put it in FULLTIME_ALLOWED_HOSTS if it should");
  };
}

function bracketed(name: string): string {
  return name.includes(":") && !name.startsWith("[") ? `[${name}]` : name;
}
