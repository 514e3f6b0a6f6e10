import { z } from "zod";
import { daysMax } from "../match/backfill.ts";
import { type Stage, stages } from "../match/event.ts";

/** A letter from the operator's letter box: retro work for named matches, or for all that lack it in the last days. */
export interface Letter {
  matchIds: string[] | null;
  days: number | null;
  stages: Stage[] | null;
  reason: string | null;
  /** Who the letter says it is from: a claim, nobody checked it. */
  by: string | null;
}

export type ReadLetter = { letter: Letter } | { code: string; text: string };

/** Larger letters are not read. */
export const letterSizeMax = 64 * 1024;

const reasonLengthMax = 300;
const byLengthMax = 100;

const asked = {
  stages: z.array(z.enum(stages)).min(1).optional(),
  reason: z.string().max(reasonLengthMax).optional(),
  by: z.string().max(byLengthMax).optional(),
};
const letterSchema = z.union([
  z.strictObject({ matchId: z.string(), ...asked }),
  z.strictObject({ matchIds: z.array(z.string()).min(1), ...asked }),
  z.strictObject({ days: z.number().positive().max(daysMax), ...asked }),
]);

/** A stored request that somebody publishes again, envelope and all. */
const storedSchema = z.object({
  specversion: z.literal("1.0"),
  type: z.literal("match.retro.requested"),
  subject: z.string(),
  data: z.object({
    by: z
      .string()
      .transform((it) => it.slice(0, byLengthMax))
      .optional(),
    reason: z
      .string()
      .transform((it) => it.slice(0, reasonLengthMax))
      .nullish(),
    stages: z.array(z.enum(stages)).nullish(),
  }),
});

const shapes = '{"matchId": "..."}, {"matchIds": ["..."]} or {"days": 7}, each with optional stages, reason, by';

export function readLetter(body: Uint8Array): ReadLetter {
  if (body.length > letterSizeMax) {
    return {
      code: "too-large",
      text: `the request has ${body.length} bytes, at most ${letterSizeMax} are read: ask for fewer matches at a time`,
    };
  }
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
  } catch {
    return { code: "not-json", text: `the request is not JSON: send ${shapes}` };
  }
  const stored = storedSchema.safeParse(json);
  if (stored.success) {
    const { data, subject } = stored.data;
    return { letter: letter({ matchIds: [subject], stages: data.stages, reason: data.reason, by: data.by }) };
  }
  const parsed = letterSchema.safeParse(json);
  if (!parsed.success) return { code: "bad-request", text: `${problem(json)}: send ${shapes}` };
  const { data } = parsed;
  const matchIds = "matchId" in data ? [data.matchId] : "matchIds" in data ? [...new Set(data.matchIds)] : null;
  return { letter: letter({ ...data, matchIds, days: "days" in data ? data.days : null }) };
}

type Loose = { [K in keyof Letter]?: Letter[K] | undefined };

function letter({ matchIds, days, stages: wanted, reason, by }: Loose): Letter {
  return {
    matchIds: matchIds ?? null,
    days: days ?? null,
    stages: wanted ?? null,
    reason: reason ?? null,
    by: by ?? null,
  };
}

const fields = new Set(["matchId", "matchIds", "days", "stages", "reason", "by"]);

/** The first thing that is wrong, by name. */
function problem(json: unknown): string {
  if (typeof json !== "object" || json === null || Array.isArray(json))
    return `a request is an object, not ${JSON.stringify(json)?.slice(0, 60)}`;
  const unknown = Object.keys(json).filter((key) => !fields.has(key));
  if (unknown.length > 0)
    return `unknown field ${unknown
      .slice(0, 5)
      .map((key) => `"${key.slice(0, 60)}"`)
      .join(", ")}`;
  const targets = ["matchId", "matchIds", "days"].filter((key) => key in json);
  if (targets.length !== 1)
    return `exactly one of matchId, matchIds and days is needed, not ${targets.join(" and ") || "none"}`;
  for (const [key, value] of Object.entries(json)) {
    const variant = letterSchema.options.find((option) => targets[0] !== undefined && targets[0] in option.shape);
    const field = variant?.shape[key as keyof typeof variant.shape] as z.ZodType | undefined;
    if (field !== undefined && !field.safeParse(value).success)
      return `${key} cannot be ${JSON.stringify(value)?.slice(0, 100)}`;
  }
  return "the request cannot be read";
}
