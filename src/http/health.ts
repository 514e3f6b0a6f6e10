import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import { z } from "zod";
import type { Diagnosis } from "./diagnosis.ts";
import { createRouter, type HttpEnv, json, problems } from "./openapi.ts";
import { problemSchema, Refused } from "./problem.ts";
import { reasonSchema } from "./reasons.ts";

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
    /**
     * These figures may lack what the log has since: the read model is being made anew, has stalled or is far behind, or NATS
     * is away.
     */
    stale: z.boolean(),
  }),
  nats: z.object({ connected: z.boolean() }),
  projections: z.object({ lag: z.int(), sequence: z.int() }),
  reasons: z.array(reasonSchema),
  checkedAt: z.string(),
});
export type Health = z.infer<typeof healthSchema>;

/** See createDiagnosis. */
type Diagnose = () => Promise<Diagnosis>;

/** `GET /livez`, `/readyz` and `/api/health`: for probes and people, without authentication. */
export function healthRoutes(diagnose: Diagnose): OpenAPIHono<HttpEnv> {
  const routes = createRouter();
  routes.openapi(livez, (c) => c.json({ status: "ok" as const }, 200));
  routes.openapi(readyz, async (c) => {
    const { connected, state, isFarBehind, lag } = await diagnose();
    if (!connected) throw new Refused(503, "NATS does not answer");
    if (state !== "following") throw new Refused(503, `the read model is ${state}`);
    if (isFarBehind) throw new Refused(503, `the read model is ${lag} events behind the log`);
    return c.json({ status: "ok" as const }, 200);
  });
  routes.openapi(healthRoute, async (c) => {
    const answer = healthOf(await diagnose());
    return c.json(answer, answer.status === "unhealthy" ? 503 : 200);
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

function healthOf({ status, coverage, asOf, stale, connected, lag, sequence, reasons, now }: Diagnosis): Health {
  const { critical, warning, info } = coverage.gaps;
  return {
    status,
    coverage: {
      percent: shown(coverage.percent),
      matches: coverage.matches,
      gaps: { critical, warning, info },
      window: coverage.window,
      asOf: new Date(asOf).toISOString(),
      stale,
    },
    nats: { connected },
    projections: { lag, sequence },
    reasons,
    checkedAt: new Date(now).toISOString(),
  };
}

/** Two decimals. */
function shown(percent: number): number {
  return Math.round(percent * 100) / 100;
}
