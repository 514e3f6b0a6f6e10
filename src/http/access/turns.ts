import type { MiddlewareHandler } from "hono";
import type { HttpEnv } from "../openapi.ts";
import { problem } from "../problem.ts";

export interface TurnsOptions {
  /** Requests that are being answered. */
  atOnceMax: number;
  /** Requests that wait for that; those beyond are told to come back. */
  waitingMax: number;
}

/**
 * Lets requests be answered in their turn, one in each turn of the event loop, and so many at once. Most are answered without
 * a pause: without turns, as many as have come at once would go before a health check that came after them.
 */
export function takeTurns({ atOnceMax, waitingMax }: TurnsOptions): MiddlewareHandler<HttpEnv> {
  const waiting: (() => void)[] = [];
  let underWay = 0;
  let scheduled = false;

  function schedule(): void {
    if (scheduled || waiting.length === 0 || underWay >= atOnceMax) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      const begin = waiting.shift();
      if (begin !== undefined) {
        underWay += 1;
        begin();
      }
      schedule();
    });
  }

  return async function takeTurns(c, next) {
    if (waiting.length >= waitingMax) {
      return problem(c, 503, "this node has its hands full: come back in 1 s", { "Retry-After": "1" });
    }
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      schedule();
    });
    try {
      // Who has gone away meanwhile costs nothing more.
      if (c.req.raw.signal.aborted) return problem(c, 503, "the client has gone away");
      return await next();
    } finally {
      underWay -= 1;
      schedule();
    }
  };
}
