import { z } from "zod";
import { orders } from "../../match/event.ts";
import { category, count, instant, stage } from "./shared.ts";

const order = z.object({
  what: z.enum(orders),
  matchIds: z.array(z.string()).nullable(),
  category: category.nullable(),
  window: z.object({ from: instant, to: instant }).nullable(),
  stages: z.array(stage).nullable(),
  reason: z.string().nullable(),
});

export const operatorRequested = z.object({
  principal: z.string(),
  order,
  planHash: z.string().nullable(),
  idempotencyKey: z.string().nullable(),
  bodyHash: z.string(),
  answer: z.object({ status: z.int(), body: z.string() }).nullable(),
});

export const operatorApplied = z.object({ requested: count, skipped: z.record(z.string(), count) });

export const operatorCancelled = z.object({ principal: z.string(), reason: z.string().nullable() });
