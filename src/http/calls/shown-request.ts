import { z } from "zod";
import type { Call } from "../../match/call.ts";
import { orders } from "../../match/event.ts";
import { callProgress } from "../../plans/call-progress.ts";
import type { ReadModelQueries } from "../../projections/queries.ts";
import * as fields from "../fields.ts";

/** An operator's call and how far it has come. */
export const requestSchema = z
  .object({
    id: z.string(),
    what: z.enum(orders),
    by: z.string(),
    requestedAt: fields.instantSchema,
    reason: z.string().nullable(),
    planHash: z.string().nullable(),
    state: z.enum(["starting", "running", "done", "partly", "failed", "cancelled"]).meta({
      description: "`starting`: its matches are getting their requests; `partly`: ended, not on all as asked",
    }),
    total: z.int().meta({ description: "matches that got a request" }),
    done: z.int(),
    failed: z.int(),
    cancelled: z.int(),
    running: z.int(),
    skipped: z.record(z.string(), z.int()).meta({ description: "matches that were left out, by the reason" }),
    cancelledBy: z.string().nullable(),
  })
  .meta({ id: "OperatorRequest" });
export type RequestAnswer = z.infer<typeof requestSchema>;

/** A call that was placed, as it stands now. */
export function shownRequest(call: Call, readModel: ReadModelQueries): RequestAnswer {
  const { requested, applied, cancelled } = call;
  if (requested === null) throw new Error(`call ${call.id} was listed without its request`);
  return {
    id: call.id,
    what: requested.order.what,
    by: requested.principal,
    requestedAt: fields.isoOf(requested.time),
    reason: requested.order.reason,
    planHash: requested.planHash,
    ...callProgress(call, readModel),
    skipped: applied?.skipped ?? {},
    cancelledBy: cancelled?.by ?? null,
  };
}
