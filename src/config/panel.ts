import { readFileSync } from "node:fs";
import { z } from "zod";
import { families } from "../forecast/families.ts";
import { concurrencyDefault, type LlmMember, samplingParams, timeoutDefaultMs } from "../forecast/llm/member.ts";
import type { Member } from "../forecast/member.ts";
import { createPanel } from "../forecast/panel.ts";
import type { RosterEntry } from "../match/event.ts";
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

const statistical = z
  .strictObject({
    name,
    family: z.enum(familyNames),
    version,
    params: z
      .record(z.string(), z.number())
      .default({})
      .meta({ description: "those left out have the family's default" }),
  })
  .meta({ description: "a member that computes from results" });

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

const memberSchema = z.discriminatedUnion("family", [statistical, llm], {
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
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    return { mistakes: [`${path} cannot be read as JSON: ${error instanceof Error ? error.message : String(error)}`] };
  }
  const parsed = panelSchema.safeParse(json, { reportInput: true });
  if (!parsed.success) {
    const others = readable(json).flatMap(mistakesOf);
    return { mistakes: [...parsed.error.issues.map((issue) => describe(issue, json)), ...others] };
  }
  const { members } = parsed.data;
  const mistakes = [...members.flatMap(mistakesOf), ...doubles(members)];
  return mistakes.length > 0 ? { mistakes } : { members };
}

/** Why no panel can be made of a member's parameters: each family knows its own. */
function mistakesOf(member: PanelMember): string[] {
  if (isLlm(member)) return [];
  try {
    createPanel([member]);
    return [];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [`member ${member.name}: params: ${error.message}`];
  }
}

function doubles(members: readonly PanelMember[]): string[] {
  const names = members.map((member) => member.name);
  const twice = new Set(names.filter((it, at) => names.indexOf(it) !== at));
  return [...twice].map((it) => `two members are called "${it}": rename one`);
}

/** The members that are well formed, of a file that is not: what else is wrong with them is told at once. */
function readable(json: unknown): PanelMember[] {
  const members: unknown = (json as { members?: unknown } | null)?.members;
  return Array.isArray(members) ? members.flatMap((it) => memberSchema.safeParse(it).data ?? []) : [];
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
  const given = (json as { members: ({ name?: unknown } | null)[] }).members[index]?.name;
  const member = typeof given === "string" ? `member ${given}` : `member ${index + 1}`;
  if (field.length === 0 || issue.code === "invalid_union") return `${member}: ${issue.message}`;
  return `${member}: ${field.join(".")}${shown(field[0], issue.input)}: ${issue.message}`;
}

/** What was given, but for what may be a key or hold a password. */
function shown(field: PropertyKey | undefined, value: unknown): string {
  if (value === undefined || field === "keyEnv") return "";
  const text = JSON.stringify(value);
  return ` ${field === "url" ? text.replaceAll(/\/\/[^/@\s]*@/g, "//********@") : text}`;
}
