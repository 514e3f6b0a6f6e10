import { z } from "zod";

export const operatorRequested = z.object({
  principal: z.string(),
  what: z.string(),
  idempotencyKey: z.string().nullable(),
  bodyHash: z.string(),
  answer: z.unknown(),
});

export const operatorCancelled = z.object({ principal: z.string(), reason: z.string().nullable() });
