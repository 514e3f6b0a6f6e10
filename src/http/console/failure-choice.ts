import { z } from "zod";
import * as fields from "../fields.ts";
import type { FailureFilter } from "./failure-groups.ts";

const filterShape = {
  stage: fields.stageSchema.default("settle"),
  category: fields.categorySchema.optional(),
  fingerprint: z.string().max(200).optional(),
  dismissed: z.literal("1").optional(),
};

/** Failures of one stage. */
export const failureFilterSchema = z.object(filterShape);
type Asked = z.infer<typeof failureFilterSchema>;

/** What can be done about failed settlements: with those that are ticked, or with all that fit. */
export const deeds = ["retry", "dismiss", "restore"] as const;
export type Deed = (typeof deeds)[number];

/** What the page of a list or a plan can say. */
export const failureChoiceSchema = z.object({
  ...filterShape,
  match: fields.matchIdSchema.array().max(1000).optional(),
  what: z.enum(["retry", "retry-all", "dismiss", "dismiss-all", "restore", "restore-all"]),
});

export interface FailureChoice {
  deed: Deed;
  /** Those that were ticked; null: all that fit. */
  match: string[] | null;
  asked: Asked;
}

/** Fields that may stand several times. */
export const listFields = ["match"] as const;

export function choiceOf({ what, match, ...asked }: z.infer<typeof failureChoiceSchema>): FailureChoice {
  const all = what.endsWith("-all");
  return { deed: what.replace("-all", "") as Deed, match: all ? null : (match ?? []), asked };
}

export function filterOf({ stage, dismissed, ...asked }: Asked): FailureFilter {
  return { stage, dismissed: dismissed !== undefined, ...fields.given(asked) };
}
