import type { MiddlewareHandler } from "hono";
import { Counter, Histogram, type Registry } from "prom-client";
import type { Clock } from "../../clock.ts";
import { routePattern } from "../route-pattern.ts";

/** Counts requests by the pattern of their route, never by what was asked for: callers choose paths, and each series stays for good. */
export function requestCounter(registry: Registry, clock: Pick<Clock, "elapsed">): MiddlewareHandler {
  const registers = [registry];
  const requests = new Counter({
    name: "fulltime_http_requests_total",
    help: "HTTP requests by route pattern; unmatched: there is no such route.",
    labelNames: ["method", "route", "status"],
    registers,
  });
  const duration = new Histogram({
    name: "fulltime_http_request_duration_seconds",
    help: "From a request's arrival to the first byte of its answer.",
    labelNames: ["route"],
    buckets: [0.002, 0.01, 0.05, 0.2, 1, 5],
    registers,
  });
  return async function countRequest(c, next) {
    const began = clock.elapsed();
    await next();
    const route = routePattern(c);
    const method = methods.has(c.req.method) ? c.req.method : "other";
    requests.inc({ method, route, status: c.res.status });
    duration.observe({ route }, (clock.elapsed() - began) / 1000);
  };
}

const methods: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);
