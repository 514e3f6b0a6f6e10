import { z } from "zod";
import { category, count, instant, positive, requestReason } from "./shared.ts";

const kind = z.enum(["fixtures", "results"]);
const window = z.object({ from: instant.nullable(), to: instant });
const remark = z.object({ code: z.string(), match: z.string(), text: z.string() });

export const pollRequested = z.object({
  kind,
  attempt: positive,
  reason: requestReason,
  budgetMs: z.number().min(0),
  window,
});

/** `counts` has the true numbers: a broken season must not fill the log with remarks. */
const remarks = z.array(remark).max(50);

export const polled = z.object({
  kind,
  window,
  ok: z.boolean(),
  category: category.nullable(),
  reason: z.string().nullable(),
  retryAt: instant.nullable(),
  counts: z.object({ seen: count, scheduled: count, finished: count, rejected: count, quarantined: count }),
  rejected: remarks,
  quarantined: remarks,
  budget: z.object({ remaining: z.int(), resetAt: instant.nullable(), limit: positive.exactOptional() }).nullable(),
  exhausted: z.boolean(),
});
