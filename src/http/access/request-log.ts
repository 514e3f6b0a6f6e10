import { randomUUID } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import type { Logger } from "pino";
import type { Clock } from "../../clock.ts";
import type { HttpEnv } from "../openapi.ts";
import { routePattern } from "../route-pattern.ts";
import { clientAddress, type IsTrusted, socketOf } from "./address.ts";
import type { Denials } from "./denials.ts";
import { isProbe } from "./probes.ts";
import type { Register } from "./register.ts";

export interface RequestLogOptions {
  logger: Logger;
  clock: Pick<Clock, "elapsed">;
  register: Register;
  isTrusted: IsTrusted;
  denials: Denials;
}

/**
 * Names the request (`X-Request-Id`) and where it comes from, and tells how it went: one line, of what this node knows. Of what
 * the client wrote there is the method alone: no path, query, header or body, which may hold anything, a token too.
 */
export function requestLog({
  logger,
  clock,
  register,
  isTrusted,
  denials,
}: RequestLogOptions): MiddlewareHandler<HttpEnv> {
  return async function requestLog(c, next) {
    const began = clock.elapsed();
    const requestId = givenId(c.req.header("X-Request-Id"), register) ?? randomUUID();
    const address = clientAddress(socketOf(c).remote, c.req.header("X-Forwarded-For"), isTrusted);
    c.set("requestId", requestId);
    c.set("address", address);
    c.header("X-Request-Id", requestId);
    await next();
    const route = routePattern(c);
    const denial = c.get("denial") as HttpEnv["Variables"]["denial"] | undefined;
    if (denial !== undefined) denials.record({ reason: denial, address, requestId, route });
    const principal = c.get("principal") as HttpEnv["Variables"]["principal"] | undefined;
    const ms = Math.round(10 * (clock.elapsed() - began)) / 10;
    const line = {
      method: c.req.method,
      route,
      status: c.res.status,
      ms,
      requestId,
      principal: principal?.name ?? null,
    };
    // Probes come every few seconds for as long as a node lives.
    logger[isProbe(c) ? "debug" : "info"](line, "request");
  };
}

/** Ids that are random by their shape: a UUID, a ULID, a W3C trace id. Any other text would bring a stranger's words into the log. */
const idShape = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9A-HJKMNP-TV-Z]{26}|[0-9a-f]{32})$/i;

function givenId(given: string | undefined, register: Register): string | null {
  // Somebody's token may be a UUID.
  return given !== undefined && idShape.test(given) && register.find(given) === null ? given : null;
}
