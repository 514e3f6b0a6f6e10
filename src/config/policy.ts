import { readFileSync } from "node:fs";
import { z } from "zod";
import { defaultPolicy, type Policy } from "../match/policy.ts";
import { formatDuration, parseDuration } from "./duration.ts";

/** Instants computed from anything longer would leave the calendar sooner or later. */
const longestMs = 3650 * 86_400_000;

const duration = z.string().transform((text, context) => {
  const ms = parseDuration(text);
  if (ms === null) {
    context.addIssue({
      code: "custom",
      message: `is not a duration: write a whole number and ms, s, m, h or d, like "90s"`,
      input: text,
    });
    return z.NEVER;
  }
  if (ms > longestMs) {
    context.addIssue({ code: "custom", message: `can be ${formatDuration(longestMs)} at most`, input: text });
    return z.NEVER;
  }
  return ms;
});
const positive = duration.refine((ms) => ms > 0, { message: "must be longer than nothing" });
const count = z.int().positive();

const policySchema = z
  .strictObject({
    pollEvery: positive,
    pollAhead: positive,
    resultEvery: positive,
    resultAfterKickoff: duration,
    due: z.strictObject({ analyse: positive, lineups: positive, predict: positive }).partial(),
    watch: z.strictObject({ analyse: positive, lineups: positive, predict: positive, settle: positive }).partial(),
    budget: z
      .strictObject({ poll: positive, analyse: positive, lineups: positive, predict: positive, settle: positive })
      .partial(),
    unansweredAfter: positive,
    retroBudget: z.strictObject({ analyse: positive, predict: positive, settle: positive }).partial(),
    attempts: count,
    retryDelays: z.array(positive).min(1),
    askAgainEvery: positive,
    resultUsableAfter: duration,
    modelRest: positive,
    lineupsEvery: positive,
    newRoundAfterMove: positive,
    autoRetro: z.boolean(),
    waveEvery: positive,
    inFlight: z.strictObject({ analyse: count, lineups: count, predict: count, settle: count, retro: count }).partial(),
    coverageWindow: positive,
    critical: positive,
    warning: positive,
    unsettledCritical: positive,
  })
  .partial();

/** What the combinations of a policy must satisfy, as `fulltime config --help` tells them. */
export const policyRules: readonly { text: string; broken(policy: Policy): boolean }[] = [
  {
    text: "due.analyse must be at least due.predict: predictions need an analysis",
    broken: ({ due }) => due.analyse < due.predict,
  },
  {
    text: "due.lineups must be at least due.predict: line-ups end when predictions are due",
    broken: ({ due }) => due.lineups < due.predict,
  },
  {
    text: "pollAhead must be at least due.analyse: a match must be known before it is due",
    broken: (it) => it.pollAhead < it.due.analyse,
  },
  ...(["analyse", "lineups", "predict"] as const).map((stage) => ({
    text: `watch.${stage} must be at least due.${stage}`,
    broken: ({ watch, due }: Policy) => watch[stage] < due[stage],
  })),
  { text: "watch.settle can be 30d at most", broken: ({ watch }) => watch.settle > 30 * 86_400_000 },
  { text: "warning must be at least critical", broken: ({ warning, critical }) => warning < critical },
  {
    text: "retryDelays must have at least attempts - 1 delays",
    broken: (it) => it.retryDelays.length < it.attempts - 1,
  },
];

/** Reads a policy file over the defaults. Each mistake is one line naming the key, the value and what would be right. */
export function readPolicy(path: string): { policy: Policy } | { mistakes: string[] } {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    return { mistakes: [`${path} cannot be read as JSON: ${error instanceof Error ? error.message : String(error)}`] };
  }
  const parsed = policySchema.safeParse(json, { reportInput: true });
  if (!parsed.success) return { mistakes: parsed.error.issues.flatMap((issue) => describe(issue, json)) };
  const policy = merge(parsed.data);
  const mistakes = policyRules
    .filter((rule) => rule.broken(policy))
    .map((rule) => `${rule.text} (${valuesIn(rule.text, policy)})`);
  return mistakes.length > 0 ? { mistakes } : { policy };
}

type Loose = z.output<typeof policySchema>;

function merge(given: Loose): Policy {
  const { due, watch, budget, retroBudget, inFlight, ...flat } = given;
  const base = defaultPolicy;
  return {
    ...base,
    ...present(flat),
    due: { ...base.due, ...present(due ?? {}) },
    watch: { ...base.watch, ...present(watch ?? {}) },
    budget: { ...base.budget, ...present(budget ?? {}) },
    retroBudget: { ...base.retroBudget, ...present(retroBudget ?? {}) },
    inFlight: { ...base.inFlight, ...present(inFlight ?? {}) },
  };
}

function present<T extends object>(given: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as never;
}

function describe(issue: z.core.$ZodIssue, json: unknown): string[] {
  const path = issue.path.join(".");
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map(
      (key) => `unknown key "${path === "" ? key : `${path}.${key}`}": see fulltime config --help for the keys`,
    );
  }
  // As it was written, not what it had become when it was refused.
  const value = JSON.stringify(
    issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown>)[key], json),
  );
  return [`${path === "" ? "the file" : path} ${value}: ${issue.message}`];
}

function valuesIn(text: string, policy: Policy): string {
  const keys = text.match(/\b(?:due|watch)\.\w+|\b(?:pollAhead|warning|critical|attempts|retryDelays)\b/g) ?? [];
  return [...new Set(keys)]
    .map(
      (key) =>
        `${key} is ${key === "attempts" ? policy.attempts : show(key.split(".").reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], policy))}`,
    )
    .join(", ");
}

function show(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  return typeof value === "number" && value >= 1000 ? formatDuration(value) : String(value);
}

/** The policy as its file would spell it. */
export function spellPolicy(policy: Policy): Record<string, unknown> {
  const spell = (key: string, value: unknown): unknown => {
    if (key === "attempts" || typeof value === "boolean") return value;
    if (key === "inFlight") return value;
    if (Array.isArray(value)) return value.map((it) => spell("", it));
    if (typeof value === "object" && value !== null)
      return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, spell(k, v)]));
    return formatDuration(value as number);
  };
  return Object.fromEntries(Object.entries(policy).map(([key, value]) => [key, spell(key, value)]));
}
