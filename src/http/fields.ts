import { z } from "zod";
import { isMatchId } from "../events/subjects.ts";
import { categories, stages } from "../match/event.ts";
import { statuses } from "../match/status.ts";
import { endOf, instantForm, readInstant } from "../instant.ts";

/** What requests and answers of several routes are made of. */

const writtenInstant = z
  .string()
  .max(40)
  .meta({
    description:
      "a day like 2016-08-13 or an instant like 2016-08-13T14:30Z, from 1970 to 2200; UTC unless it says otherwise",
    pattern: "^\\d{4}-\\d\\d-\\d\\d(T\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?(Z|[+-]\\d\\d:\\d\\d)?)?$",
  })
  .transform((text, context) => {
    const instant = readInstant(text);
    if (instant !== null) return instant;
    context.addIssue({ code: "custom", message: instantForm });
    return z.NEVER;
  });

/** Epoch milliseconds; a day is its beginning. */
export const fromInstant = writtenInstant.transform(({ at }) => at);
/** Epoch milliseconds; a day counts to its end. */
export const toInstant = writtenInstant.transform(endOf);

/** ISO 8601, UTC. */
export const instantSchema = z.iso.datetime();

export function isoOf(at: number): string {
  return new Date(at).toISOString();
}

export function isoOrNull(at: number | null): string | null {
  return at === null ? null : isoOf(at);
}

/** Competitions and seasons are what sources call them. */
export const nameSchema = z.string().min(1).max(100);

export const matchIdSchema = z
  .string()
  .max(150)
  .refine(isMatchId, "match ids are like pl-2016-17-arsenal-chelsea")
  .meta({ description: "match id", example: "pl-2016-17-arsenal-chelsea", pattern: "^[a-z0-9]+(-[a-z0-9]+)*$" });

export const cursorSchema = z
  .string()
  .min(1)
  .max(400)
  .regex(/^[\w-]+$/, "write what a page gave as nextCursor")
  .meta({ description: "`nextCursor` of the page before; without it, the first page" });

/** A sequence of the log. */
export const sequenceSchema = z.coerce
  .number()
  .int()
  .min(0)
  .max(Number.MAX_SAFE_INTEGER)
  // Said again, as null would be read as 0 and is described for that.
  .meta({ type: "integer", minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

export function limitSchema(standard: number) {
  return z.coerce
    .number()
    .int()
    .min(1)
    .max(limitMax)
    .default(standard)
    .meta({ description: `how many at most; 1 to ${limitMax}` });
}

const limitMax = 200;

export const nextCursorSchema = z.string().nullable().meta({ description: "null on the last page" });

/** Of a schema with an id: `.nullable()` would be described as the named schema and null at once, which nothing is. */
export function orNull<T extends z.ZodType>(schema: T) {
  return z.union([schema, z.null()]);
}

export const scoreSchema = z.object({ home: z.int(), away: z.int() }).meta({ id: "Score" });
export const teamSchema = z.object({ id: z.string(), name: z.string() }).meta({ id: "Team" });
export const statusSchema = z.enum(statuses);
export const stageSchema = z.enum(stages);
export const categorySchema = z.enum(categories);

/** Matches that one answer lists at most: an answer is kept in the log, whose messages are small. Totals count all. */
export const listedMax = 1000;

export const planHashSchema = z
  .string()
  .regex(/^[0-9a-f]{16}$/, "plan hashes are 16 hexadecimal digits")
  .meta({ description: "of a plan that a dry run showed: run only if it is still the plan" });

export const leftOutSchema = z
  .object({ matchId: z.string(), why: z.string() })
  .meta({ id: "LeftOut", description: "a match that gets no request, and why" });

/** What was given of optional fields; an absent one is not there at all. */
export function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
