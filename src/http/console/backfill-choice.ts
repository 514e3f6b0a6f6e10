import { z } from "zod";
import { isCallId } from "../../events/subjects.ts";
import { backfillStages, daysMax } from "../../match/backfill.ts";
import type { Order } from "../../match/event.ts";
import type { ReadModelQueries } from "../../projections/queries.ts";
import type { BackfillBody } from "../calls/backfill.ts";
import * as fields from "../fields.ts";

/** What a backfill names at most. */
export const namedMax = 1000;

const idsSchema = z
  .string()
  .max(64_000)
  .transform((text) => [...new Set(text.split(/[\s,]+/).filter((it) => it !== ""))])
  .pipe(fields.matchIdSchema.array().max(namedMax, `${namedMax} at most`));

const dayMs = 24 * 3_600_000;
const spanMaxDays = 366;
const spanMaxMs = spanMaxDays * dayMs;
export const daysUnlessTold = 7;

const writtenDay = z.iso.date("write a day like 2017-01-14");

/** What the form of the backfills page can say; `resume`: what an earlier backfill left. */
export const backfillChoiceSchema = z
  .object({
    days: z.coerce.number().int().min(1).max(daysMax).optional(),
    competition: fields.nameSchema.optional(),
    from: writtenDay.optional(),
    to: writtenDay.optional(),
    ids: idsSchema.optional(),
    match: fields.matchIdSchema.array().max(namedMax).optional(),
    stage: z.enum(backfillStages).array().optional(),
    resume: z.string().refine(isCallId, "ids are like 01J8ZQ4T5V9N3M2K1H0G7F6E5D").optional(),
  })
  .refine(({ ids, match, ...span }) => (ids ?? match) === undefined || !isSpan(span), {
    message: "name matches, or a competition and days: not both",
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    message: "from: is after to",
  })
  .refine(({ from, to }) => from === undefined || to === undefined || Date.parse(to) - Date.parse(from) <= spanMaxMs, {
    message: `from and to: ${spanMaxDays} days at most`,
  });
export type BackfillChoice = z.infer<typeof backfillChoiceSchema>;

/** Fields that may stand several times. */
export const listFields = ["match", "stage"] as const;

function isSpan({
  competition,
  from,
  to,
}: Partial<Record<"competition" | "from" | "to", string | undefined>>): boolean {
  return (competition ?? from ?? to) !== undefined;
}

/** A choice as the matches and stages it means. */
export interface Chosen {
  body: Pick<BackfillBody, "days" | "matchIds" | "stages">;
  kind: "days" | "span" | "named" | "resumed";
  /** More fit than one backfill names: these come first. */
  more: boolean;
}

type Matches = Pick<ReadModelQueries, "hindsights">;

/** `earlier`: the order of the backfill that is resumed, null for none. */
export function chosen(
  { days, competition, from, to, ids, match, stage }: BackfillChoice,
  earlier: Order | null,
  readModel: Matches,
  now: number,
): Chosen {
  if (earlier !== null) {
    const found =
      earlier.matchIds !== null
        ? { matchIds: earlier.matchIds, more: false }
        : openIn(readModel, {
            from: Date.parse(earlier.window?.from ?? ""),
            to: Date.parse(earlier.window?.to ?? ""),
          });
    const stages = backfillStages.filter((it) => earlier.stages?.includes(it));
    return { kind: "resumed", more: found.more, body: { matchIds: found.matchIds, ...staged(stages) } };
  }
  const named = [...(ids ?? []), ...(match ?? [])];
  if (named.length > 0) return { kind: "named", more: false, body: { matchIds: named, ...staged(stage) } };
  if (isSpan({ competition, from, to })) {
    const end = to === undefined ? now : Math.min(now, Date.parse(to) + dayMs - 1);
    const begin =
      from === undefined ? end - (days ?? daysUnlessTold) * dayMs : Math.max(Date.parse(from), end - spanMaxMs);
    const { matchIds, more } = openIn(readModel, { from: begin, to: end, ...fields.given({ competition }) });
    return { kind: "span", more, body: { matchIds, ...staged(stage) } };
  }
  return { kind: "days", more: false, body: { days: days ?? daysUnlessTold, ...staged(stage) } };
}

function staged(stages: BackfillChoice["stage"]): Pick<BackfillBody, "stages"> {
  return stages === undefined || stages.length === 0 ? {} : { stages };
}

/** Live matches of a span that may lack something, as many as one backfill names; what they do lack, the plan finds out. */
function openIn(
  readModel: Matches,
  filter: { competition?: string; from: number; to: number },
): { matchIds: string[]; more: boolean } {
  const ids = readModel.hindsights({ ...filter, limit: namedMax + 1 }).map(({ matchId }) => matchId);
  return { matchIds: ids.slice(0, namedMax), more: ids.length > namedMax };
}
