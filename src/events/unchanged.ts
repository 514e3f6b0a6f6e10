import type { core, z } from "zod";

/**
 * A quick yes to values that a schema would give back as they are: every key known, none missing, in the schema's order.
 * `false` is no verdict: then the schema decides. Schemas build a copy of all they read, which is half the cost of decoding a
 * log; nearly every body was written by our own encoder and needs none. The kinds of schema this knows are those of the
 * catalogue; of any other the answer is always `false`.
 */
export function unchangedBy(schema: core.$ZodType): (value: unknown) => boolean {
  const { def } = (schema as core.$ZodTypes)._zod;
  // No switch: most kinds of schema are unknown here, and that is a fine answer.
  if (def.type === "string") return stringCheck(def);
  if (def.type === "number") return numberCheck(def);
  if (def.type === "boolean") return (value) => typeof value === "boolean";
  if (def.type === "enum") return oneOf(Object.values(def.entries));
  if (def.type === "literal") return oneOf(def.values);
  if (def.type === "array") return arrayCheck(def);
  if (def.type === "union") return unionCheck(def);
  if (def.type === "object" && def.catchall === undefined) return objectCheck(def.shape);
  if (def.type !== "nullable") return never;
  const inner = unchangedBy(def.innerType);
  return (value) => value === null || inner(value);
}

/** `schema.safeParse`, asked only where the quick yes does not answer. */
export function parsedBy<Schema extends z.ZodType>(
  schema: Schema,
): (value: unknown) => { success: true; data: unknown } | { success: false; error: z.ZodError } {
  const isUnchanged = unchangedBy(schema);
  return (value) => (isUnchanged(value) ? { success: true, data: value } : schema.safeParse(value));
}

type Check = (value: unknown) => boolean;
const never: Check = () => false;

function oneOf(values: readonly unknown[]): Check {
  const known = new Set(values);
  return (value) => known.has(value);
}

function stringCheck(def: core.$ZodStringDef & { pattern?: RegExp; format?: string }): Check {
  const longest = maxLength(def.checks);
  if (longest === null) return never;
  const { format, pattern } = def;
  if (format === undefined) return (value) => typeof value === "string" && value.length <= longest;
  if (format !== "datetime" || pattern === undefined || pattern.global || pattern.sticky) return never;
  return (value) => typeof value === "string" && value.length <= longest && pattern.test(value);
}

function numberCheck(def: core.$ZodNumberDef & { format?: string }): Check {
  let least = -Infinity;
  for (const check of def.checks ?? []) {
    const { def: it } = check._zod;
    const { inclusive, value, format } = it as core.$ZodCheckGreaterThanDef & { format?: string };
    if (it.check === "greater_than" && inclusive && typeof value === "number") least = Math.max(least, value);
    else if (it.check !== "number_format" || format !== "safeint") return never;
  }
  const whole =
    def.format === "safeint" || (def.checks ?? []).some((check) => check._zod.def.check === "number_format");
  if (def.format !== undefined && def.format !== "safeint") return never;
  // JSON does not know a negative zero: what holds one is not what its own text gives back (envelope.ts).
  if (whole) return (value) => Number.isSafeInteger(value) && (value as number) >= least && !Object.is(value, -0);
  return (value) => typeof value === "number" && Number.isFinite(value) && value >= least && !Object.is(value, -0);
}

function arrayCheck(def: core.$ZodArrayDef): Check {
  const longest = maxLength(def.checks);
  if (longest === null) return never;
  const element = unchangedBy(def.element);
  return (value) => {
    if (!Array.isArray(value) || value.length > longest) return false;
    for (let i = 0; i < value.length; i++) if (!element(value[i])) return false;
    return true;
  };
}

/** null where something else than a greatest length is asked of it. */
function maxLength(checks: readonly core.$ZodCheck[] | undefined): number | null {
  let longest = Infinity;
  for (const check of checks ?? []) {
    const def = check._zod.def as core.$ZodCheckMaxLengthDef;
    if (def.check !== "max_length") return null;
    longest = Math.min(longest, def.maximum);
  }
  return longest;
}

function objectCheck(shape: core.$ZodShape): Check {
  const keys = Object.keys(shape);
  const optional = keys.map((key) => (shape[key] as core.$ZodTypes)._zod.def.type === "optional");
  const checks = keys.map((key, at) => {
    const { def } = (shape[key] as core.$ZodTypes)._zod;
    return unchangedBy(optional[at] ? (def as core.$ZodOptionalDef).innerType : (shape[key] as core.$ZodType));
  });
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
    let at = 0;
    for (const key in value) {
      while (at < keys.length && keys[at] !== key) if (optional[at++] !== true) return false;
      const check = checks[at++];
      if (check === undefined || !check((value as Record<string, unknown>)[key])) return false;
    }
    while (at < keys.length) if (optional[at++] !== true) return false;
    return true;
  };
}

/** The schema takes the first option that fits. A later one may say yes only where those before it surely say no. */
function unionCheck(def: core.$ZodUnionDef & { discriminator?: string }): Check {
  const sure = def.options.filter((option, at) =>
    def.options.slice(0, at).every((before) => def.discriminator !== undefined || asksForMore(before, option)),
  );
  const checks = sure.map(unchangedBy);
  return (value) => checks.some((check) => check(value));
}

/** The first of two objects has a required key that the second does not know. */
function asksForMore(first: core.$ZodType, second: core.$ZodType): boolean {
  const [one, other] = [first, second].map((schema) => (schema as core.$ZodTypes)._zod.def);
  if (one?.type !== "object" || other?.type !== "object") return false;
  return Object.entries(one.shape).some(
    ([key, schema]) => (schema as core.$ZodTypes)._zod.def.type !== "optional" && !Object.hasOwn(other.shape, key),
  );
}
