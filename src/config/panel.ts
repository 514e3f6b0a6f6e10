import { readFileSync } from "node:fs";
import { z } from "zod";
import { families } from "../forecast/families.ts";
import type { Member } from "../forecast/member.ts";
import { createPanel } from "../forecast/panel.ts";

const membersMax = 200;

const panelSchema = z.strictObject({
  members: z
    .array(
      z.strictObject({
        name: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,62}$/, "must be lower-case letters, digits, dots and hyphens"),
        family: z.string(),
        version: z.string().min(1).max(40).default("1"),
        params: z.record(z.string(), z.number()).default({}),
      }),
    )
    .min(1, `must name 1 to ${membersMax} members, not none`)
    .max(membersMax, {
      error: ({ input }) => `must name 1 to ${membersMax} members, not ${(input as unknown[]).length}`,
    }),
});

/** Reads a panel file: the whole roster. Each mistake is one line naming the member and the field. */
export function readPanel(path: string): { members: readonly Member[] } | { mistakes: string[] } {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    return { mistakes: [`${path} cannot be read as JSON: ${error instanceof Error ? error.message : String(error)}`] };
  }
  const parsed = panelSchema.safeParse(json, { reportInput: true });
  if (!parsed.success) return { mistakes: parsed.error.issues.map((issue) => describe(issue, json)) };
  const { members } = parsed.data;
  const mistakes = members.flatMap(mistakesOf);
  if (mistakes.length === 0) mistakes.push(...refusal(members));
  return mistakes.length > 0 ? { mistakes } : { members };
}

function mistakesOf(member: Member): string[] {
  const { name, family } = member;
  if (!families.has(family))
    return [`member ${name}: family "${family}" does not exist, only ${[...families.keys()].join(", ")}`];
  return refusal([member]).map((why) => `member ${name}: params: ${why}`);
}

/** Why no panel can be made of these members. */
function refusal(members: readonly Member[]): string[] {
  try {
    createPanel(members);
    return [];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [error.message];
  }
}

function describe(issue: z.core.$ZodIssue, json: unknown): string {
  const [list, index, ...field] = issue.path;
  if (list !== "members" || typeof index !== "number") return `${issue.path.join(".") || "the file"}: ${issue.message}`;
  const name = (json as { members: { name?: unknown }[] }).members[index]?.name;
  const member = typeof name === "string" ? `member ${name}` : `member ${index + 1}`;
  const value = issue.input !== undefined && field.length > 0 ? ` ${JSON.stringify(issue.input)}` : "";
  return `${member}: ${field.length > 0 ? `${field.join(".")}${value}: ` : ""}${issue.message}`;
}
