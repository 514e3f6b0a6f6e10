import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { HttpOptions } from "./options.ts";
import { createCoverageCache } from "./coverage-cache.ts";
import { createRouter, type HttpEnv, json, problems } from "./openapi.ts";
import { problemSchema, Refused } from "./problem.ts";
import { coverageLow, createFirstSeen, type Reason, reasonSchema, staleSources } from "./reasons.ts";

/** The answer of `GET /api/health`. All instants are of the pipeline's clock. */
export const healthSchema = z.object({
  status: z.enum(["ok", "degraded", "unhealthy"]),
  coverage: z.object({
    /** Of the live matches in the window, those without a gap. */
    percent: z.number(),
    matches: z.int(),
    gaps: z.object({ critical: z.int(), warning: z.int(), info: z.int() }),
    window: z.object({ from: z.string(), to: z.string() }),
    /** The instant the figures are for: at most 60 s before `checkedAt`. */
    asOf: z.string(),
    /** The read model is being made anew and these figures come from the old one. */
    stale: z.boolean(),
  }),
  nats: z.object({ connected: z.boolean() }),
  projections: z.object({ lag: z.int(), sequence: z.int() }),
  reasons: z.array(reasonSchema),
  checkedAt: z.string(),
});
export type Health = z.infer<typeof healthSchema>;

/** `GET /livez`, `/readyz` and `/api/health`: for probes and people, without authentication. */
export function healthRoutes(options: HttpOptions): OpenAPIHono<HttpEnv> {
  const { readModel, log, clock, policy, logger, clockSkew, diskFull } = options;
  const coverageAt = createCoverageCache(options);
  const firstSeen = createFirstSeen();
  const startedAt = clock.now();

  /** Throws when the read model can answer nothing. */
  async function health(): Promise<Health> {
    readModel.check();
    const connected = log.connected();
    const { lag, sequence } = await lagOf(options, connected);
    const state = readModel.state();
    const { coverage, asOf } = coverageAt();
    const now = clock.now();
    const severe: Reason[] = [];
    if (!connected)
      severe.push({ code: "nats-unreachable", detail: "NATS does not answer; nothing can be asked for or recorded" });
    if (state.state === "stalled") {
      const since = new Date(state.since).toISOString();
      severe.push({ code: "projection-stalled", since, detail: state.reason ?? "the read model goes no further" });
    }
    const full = diskFull?.() ?? null;
    if (full !== null) severe.push({ code: "disk-full", detail: full });
    const skew = clockSkew?.() ?? null;
    const light: Reason[] = [
      ...(skew === null ? [] : [{ code: "clock-skew" as const, detail: skew }]),
      ...coverageLow(coverage),
      ...staleSources(readModel.sources(), { now, startedAt, pollEvery: policy.pollEvery }),
    ];
    return {
      status: severe.length > 0 ? "unhealthy" : light.length > 0 ? "degraded" : "ok",
      coverage: {
        percent: Math.round(coverage.percent * 100) / 100,
        matches: coverage.matches,
        gaps: { critical: coverage.gaps.critical, warning: coverage.gaps.warning, info: coverage.gaps.info },
        window: coverage.window,
        asOf: new Date(asOf).toISOString(),
        stale: state.stale,
      },
      nats: { connected },
      projections: { lag, sequence },
      reasons: firstSeen([...severe, ...light], now),
      checkedAt: new Date(now).toISOString(),
    };
  }

  const cannotAnswer = (error: unknown): never => {
    if (error instanceof Refused) throw error;
    logger.error({ err: error }, "the read model cannot answer");
    throw new Refused(503, "the read model cannot answer; the node's log tells why");
  };

  const routes = createRouter();
  routes.openapi(livez, (c) => c.json({ status: "ok" as const }, 200));
  routes.openapi(readyz, async (c) => {
    try {
      readModel.check();
      const connected = log.connected();
      if (!connected) throw new Refused(503, "NATS does not answer");
      const { lag } = await lagOf(options, connected);
      const { state, reason } = readModel.state();
      if (state !== "following") throw new Refused(503, `the read model is ${state}: ${reason ?? "no reason given"}`);
      if (lag > readyLagMax) throw new Refused(503, `the read model is ${lag} events behind the log`);
      return c.json({ status: "ok" as const }, 200);
    } catch (error) {
      return cannotAnswer(error);
    }
  });
  routes.openapi(healthRoute, async (c) => {
    try {
      const answer = await health();
      return c.json(answer, answer.status === "unhealthy" ? 503 : 200);
    } catch (error) {
      return cannotAnswer(error);
    }
  });
  return routes;
}

const alive = z.object({ status: z.literal("ok") });

const livez = createRoute({
  method: "get",
  path: "/livez",
  summary: "The process answers",
  responses: { 200: json(alive, "it does") },
});

const readyz = createRoute({
  method: "get",
  path: "/readyz",
  summary: "NATS is there and the read model has caught up",
  responses: { 200: json(alive, "ready"), ...problems(503) },
});

const healthRoute = createRoute({
  method: "get",
  path: "/api/health",
  summary: "Coverage of the next hours, NATS, projections, and what is wrong",
  responses: {
    200: json(healthSchema, "`ok` or `degraded`"),
    503: {
      description: "`unhealthy`; a problem where nothing can be said",
      content: { "application/json": { schema: healthSchema }, "application/problem+json": { schema: problemSchema } },
    },
  },
});

/** About what a node writes in a second: fewer is the way of a busy log, more is a read model that does not keep up. */
const readyLagMax = 1000;

/** An absent server makes the log wait; a health answer does not. */
const lastWaitMs = 1000;

async function lagOf(
  { readModel, log, clock }: HttpOptions,
  connected: boolean,
): Promise<{ lag: number; sequence: number }> {
  const last = connected ? await within(clock, lastWaitMs, log.last()) : null;
  const sequence = readModel.sequence();
  return { sequence, lag: Math.max(0, (last ?? readModel.state().target) - sequence) };
}

/** null when it takes longer or fails. */
function within<T>(clock: Clock, ms: number, promise: Promise<T>): Promise<T | null> {
  return new Promise((resolve) => {
    const timer = clock.after(ms, () => resolve(null));
    promise.then(
      (value) => {
        timer.cancel();
        resolve(value);
      },
      () => {
        timer.cancel();
        resolve(null);
      },
    );
  });
}
