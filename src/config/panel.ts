import { readFileSync } from "node:fs";
import { z } from "zod";
import { families } from "../forecast/families.ts";
import { concurrencyDefault, type LlmMember, samplingParams, timeoutDefaultMs } from "../forecast/llm/member.ts";
import type { Family, Member } from "../forecast/member.ts";
import { noParameter, rangeRule } from "../forecast/params.ts";
import type { RosterEntry } from "../match/event.ts";
import { withoutSecrets } from "./address.ts";
import { formatDuration, parseDuration } from "./duration.ts";
import { whyNoEndpoint } from "./endpoint-url.ts";

/** A member as its file names it. */
export type PanelMember = Member | LlmMember;

export function isLlm(member: PanelMember): member is LlmMember {
  return member.family === "llm";
}

export function rosterOf(members: readonly PanelMember[]): RosterEntry[] {
  return members.map((member) => ({ model: member.name, version: member.version }));
}

const membersMax = 200;
const familyNames = [...families.keys()];

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{0,62}$/, "must be lower-case letters, digits, dots and hyphens")
  .meta({ description: "what its answers are filed under" });
const version = z
  .string()
  .min(1)
  .max(40)
  .default("1")
  .meta({ description: "raise it whenever its forecasts may change" });

const statistical = [...families.values()].map((family) =>
  z
    .strictObject({ name, family: z.literal(family.name), version, params: paramsOf(family) })
    .meta({ description: `a member that computes from results: ${family.source}` }),
);

function paramsOf({ name: family, defaults, ranges }: Family) {
  const fields = Object.entries(ranges).map(([param, range]) => {
    const error = rangeRule(range);
    const number = z.number({ error }).min(range.min, { error }).max(range.max, { error });
    const ranged = range.whole === true ? number.int({ error }) : number;
    return [param, ranged.meta({ default: defaults[param] }).exactOptional()] as const;
  });
  return z
    .strictObject(Object.fromEntries(fields), {
      error: ({ code, keys }) =>
        code === "unrecognized_keys" ? noParameter(family, keys.join('", "'), defaults) : undefined,
    })
    .default({})
    .transform((params) => params as Record<string, number>)
    .meta({ description: "those left out have the family's default" });
}

const orNull = <T>(it: T | undefined): T | null => it ?? null;
const amount = z.number().min(0);

/** A call holds its room at its address as long; a timer beyond 24 days would fire at once. */
const timeoutMaxMs = 600_000;

const llm = z
  .strictObject({
    name,
    family: z.literal("llm"),
    version,
    model: z.string().min(1).max(200).meta({ description: "what its server calls it" }),
    answersAs: z
      .array(z.string().min(1))
      .default([])
      .meta({ description: "other names its server may answer under; model-2026-01-01 for model needs none" }),
    url: z
      .string()
      .superRefine((text, context) => {
        const message = whyNoEndpoint(text);
        if (message !== null) context.addIssue({ code: "custom", message, input: text });
      })
      .optional()
      .transform((text) => text?.replace(/\/+$/, "") ?? null)
      .meta({ description: "the base before /chat/completions; default: FULLTIME_LLM_URL" }),
    keyEnv: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be the name of an environment variable, not a key")
      .refine((text) => !text.startsWith("FULLTIME_") || text === "FULLTIME_LLM_KEY", {
        error: "must not be one of this program's own variables, other than FULLTIME_LLM_KEY",
      })
      .optional()
      .transform(orNull)
      .meta({ description: "the environment variable that holds its key; default: FULLTIME_LLM_KEY" }),
    concurrency: z
      .int()
      .min(1)
      .max(1000)
      .default(concurrencyDefault)
      .meta({ description: "calls at a time at its url; of several members there, the smallest counts" }),
    dailyCostMax: z
      .number()
      .positive()
      .optional()
      .transform(orNull)
      .meta({ description: "no call is begun once it has cost so much in a day (UTC)" }),
    price: z
      .strictObject({ in: amount, out: amount })
      .optional()
      .transform(orNull)
      .meta({ description: "of a million tokens read and written; without one, what the server states counts" }),
    timeout: z
      .string()
      .refine((text) => (parseDuration(text) ?? 0) > 0, { error: 'must be a duration like "60s"' })
      .refine((text) => (parseDuration(text) ?? 0) <= timeoutMaxMs, {
        error: `must be at most ${formatDuration(timeoutMaxMs)}`,
      })
      .default(formatDuration(timeoutDefaultMs))
      .transform((text) => parseDuration(text) ?? timeoutDefaultMs)
      .meta({ description: `how long one call may take, at most ${formatDuration(timeoutMaxMs)}` }),
    params: z
      .strictObject(Object.fromEntries(samplingParams.map((param) => [param, z.number().exactOptional()])))
      .default({})
      .transform((params) => params as Record<string, number>)
      .meta({ description: "sampling parameters, sent as they are" }),
  })
  .meta({ description: "a language model behind an OpenAI-compatible chat completions endpoint" });

const memberSchema = z.discriminatedUnion("family", [llm, ...statistical], {
  error: ({ code, input }) => (code === "invalid_union" ? familyMistake(input) : undefined),
});

const panelSchema = z.strictObject({
  $schema: z.string().optional(),
  members: z
    .array(memberSchema)
    .min(1, `must name 1 to ${membersMax} members, not none`)
    .max(membersMax, {
      error: ({ input }) => `must name 1 to ${membersMax} members, not ${(input as unknown[]).length}`,
    })
    .meta({ description: "the whole roster" }),
});

/** What a panel file may hold, for editors: docs/panel.schema.json is this. */
export function panelJsonSchema(): object {
  return { title: "fulltime panel", ...z.toJSONSchema(panelSchema, { io: "input" }) };
}

/** Reads a panel file: the whole roster. Each mistake is one line naming the member and the field. */
export function readPanel(path: string): { members: readonly PanelMember[] } | { mistakes: string[] } {
  let json: unknown;
  try {
    // Editors of other systems begin a file with a byte order mark.
    json = JSON.parse(readFileSync(path, "utf8").replace(/^\uFEFF/, ""));
  } catch (error) {
    return { mistakes: [`${path} cannot be read as JSON: ${error instanceof Error ? error.message : String(error)}`] };
  }
  const parsed = panelSchema.safeParse(json, { reportInput: true });
  const issues = parsed.error?.issues.map((issue) => describe(issue, json)) ?? [];
  const mistakes = [...issues, ...doubles(json)];
  return parsed.success && mistakes.length === 0 ? { members: parsed.data.members } : { mistakes };
}

/** Names that stand twice, also where other things are wrong with the file: all of it is told at once. */
function doubles(json: unknown): string[] {
  const places = new Map<string, number[]>();
  for (const [index, name] of namesOf(json).entries()) {
    if (name !== null) places.set(name, [...(places.get(name) ?? []), index + 1]);
  }
  return [...places].flatMap(([name, at]) =>
    at.length < 2 ? [] : [`member ${name}: name "${name}": members ${at.join(", ")} have it: rename all but one`],
  );
}

function namesOf(json: unknown): (string | null)[] {
  const members: unknown = (json as { members?: unknown } | null)?.members;
  if (!Array.isArray(members)) return [];
  return members.map((member: { name?: unknown } | null) => (typeof member?.name === "string" ? member.name : null));
}

function familyMistake(input: unknown): string {
  const { family } = input as { family?: unknown };
  const known = [...familyNames, "llm"].join(", ");
  if (family === undefined) return `family: must be one of ${known}`;
  return `family ${JSON.stringify(family)} does not exist, only ${known}`;
}

function describe(issue: z.core.$ZodIssue, json: unknown): string {
  const [list, index, ...field] = issue.path;
  if (list !== "members" || typeof index !== "number") return `${issue.path.join(".") || "the file"}: ${issue.message}`;
  const name = namesOf(json)[index] ?? null;
  const member = `member ${name === null ? index + 1 : brief(name)}`;
  if (field.length === 0 || issue.code === "invalid_union") return `${member}: ${issue.message}`;
  return `${member}: ${field.join(".")}${shown(field[0], issue.input)}: ${issue.message}`;
}

/** What was given, but for what may be a key or hold a password. */
function shown(field: PropertyKey | undefined, value: unknown): string {
  if (value === undefined || field === "keyEnv") return "";
  if (field === "url" && typeof value === "string") return ` ${JSON.stringify(brief(withoutKeys(value)))}`;
  // JSON has no word for the infinity that 1e999 is read as.
  return ` ${typeof value === "number" ? value : brief(JSON.stringify(value))}`;
}

/** What was given as an address may have lost its scheme, and hold a key all the same. */
function withoutKeys(url: string): string {
  const bare = withoutSecrets(url);
  return bare.includes("://") ? bare : bare.replace(/^[^]*@/, "********@").replace(/([?#])[^]*$/, "$1********");
}

const shownMax = 120;

function brief(text: string): string {
  return text.length > shownMax ? `${text.slice(0, shownMax)}…` : text;
}
