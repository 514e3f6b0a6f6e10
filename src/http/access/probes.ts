import type { Context } from "hono";
import { isSafe } from "./safe.ts";

export const probePaths: ReadonlySet<string> = new Set(["/livez", "/readyz", "/api/health", "/metrics"]);

/** What load balancers and Prometheus ask, every few seconds, by whatever name or address they find a node by. */
export function isProbe(c: Context): boolean {
  return isSafe(c.req.method) && probePaths.has(c.req.path);
}
