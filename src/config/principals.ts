import { readFileSync } from "node:fs";
import { z } from "zod";
import { type PrincipalEntry, principalName, reservedNames, scopes } from "../http/access/principal.ts";
import { parseTokenHash } from "../http/access/token-hash.ts";

const principalsMax = 1000;

const fileSchema = z.strictObject({
  principals: z
    .array(
      z.strictObject({
        name: z
          .string()
          .regex(principalName, "must be 1 to 63 lower-case letters, digits, dots, hyphens and underscores"),
        scope: z.enum(scopes, `must be ${scopes.join(" or ")}`),
        token: z.string(),
      }),
    )
    .min(1, "must name at least one principal")
    .max(principalsMax, `must name at most ${principalsMax} principals`),
});

/** Reads a file of principals. Each mistake is one line naming the principal and the field; of a token nothing is told. */
export function readPrincipals(path: string): { principals: readonly PrincipalEntry[] } | { mistakes: string[] } {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    return { mistakes: [`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`] };
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's message quotes the text, and with it a hash or a token put there by mistake.
    return { mistakes: [`${path} is not JSON`] };
  }
  const parsed = fileSchema.safeParse(json);
  if (!parsed.success) return { mistakes: parsed.error.issues.map((issue) => describe(issue, json)) };
  const { principals } = parsed.data;
  const mistakes = [...principals.flatMap(mistakesOf), ...repeated(principals)];
  return mistakes.length > 0 ? { mistakes } : { principals };
}

function mistakesOf({ name, token }: PrincipalEntry): string[] {
  const hash = parseTokenHash(token);
  return [
    ...(reservedNames.includes(name) ? [`principal ${name}: name: is reserved, choose another`] : []),
    ...("mistake" in hash ? [`principal ${name}: token: ${hash.mistake}`] : []),
  ];
}

function repeated(principals: readonly PrincipalEntry[]): string[] {
  const [names, tokens] = [new Set<string>(), new Map<string, string>()];
  return principals.flatMap(({ name, token }) => {
    const other = tokens.get(token.toLowerCase());
    const found = [
      ...(names.has(name) ? [`principal ${name}: name: there are two of this name`] : []),
      ...(other === undefined
        ? []
        : [`principal ${name}: token: is that of ${other} too; the log could not tell them apart`]),
    ];
    names.add(name);
    tokens.set(token.toLowerCase(), name);
    return found;
  });
}

function describe(issue: z.core.$ZodIssue, json: unknown): string {
  const [list, index, ...field] = issue.path;
  // Nor does a key's name belong here: a token may have been put in its place.
  const message = issue.code === "unrecognized_keys" ? "has a key beside name, scope and token" : issue.message;
  if (list !== "principals" || typeof index !== "number") {
    const right = issue.code === "unrecognized_keys" ? "has a key beside principals" : issue.message;
    return `${list === "principals" ? "principals" : "the file"}: ${right}`;
  }
  const name = (json as { principals: { name?: unknown }[] }).principals[index]?.name;
  const who = typeof name === "string" && principalName.test(name) && name.length < 43 ? name : index + 1;
  return `principal ${who}: ${field.length > 0 ? `${field.join(".")}: ` : ""}${message}`;
}
