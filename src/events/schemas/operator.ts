import { z } from "zod";
import { orders } from "../../match/event.ts";
import { matchIdLengthMax } from "../subjects.ts";
import { category, count, instant, stage } from "./shared.ts";

/** What is written of a call onto each of its matches must fit into a message, whoever wrote the call. */
const name = z.string().max(100);
const why = z.string().max(300).nullable();

const order = z.object({
  what: z.enum(orders),
  matchIds: z.array(z.string().max(matchIdLengthMax)).max(1000).nullable(),
  category: category.nullable(),
  window: z.object({ from: instant, to: instant }).nullable(),
  stages: z.array(stage).nullable(),
  reason: why,
});

export const operatorRequested = z.object({
  principal: name,
  order,
  planHash: name.nullable(),
  idempotencyKey: z.string().max(200).nullable(),
  bodyHash: name,
  answer: z.object({ status: z.int(), body: z.string() }).nullable(),
});

export const operatorApplied = z.object({ requested: count, skipped: z.record(z.string(), count) });

export const operatorCancelled = z.object({ principal: name, reason: why });
