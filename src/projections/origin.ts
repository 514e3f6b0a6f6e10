import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import type { EventLog } from "../events/log.ts";
import type { Policy } from "../match/policy.ts";
import type { Origin } from "./checkpoint.ts";
import { schema } from "./database.ts";

/**
 * What a build made now comes from. The code is told by its files, not by a number someone has to raise: a forgotten one
 * would serve wrong figures, while a rebuild too many costs seconds.
 */
export function originOf(log: EventLog, policy: Policy): Origin {
  codeDigest ??= digestOfFolders(["../match/", "../events/", "./"]);
  return { stream: log.identity, code: codeDigest, schema: schemaDigest(), policy: sha256(canonical(policy)) };
}

export function schemaDigest(): string {
  return sha256(schema);
}

/** What differs between two origins, for people; empty when nothing does. */
export function differences(a: Origin, b: Origin): string[] {
  return (["stream", "code", "schema", "policy"] as const).filter((part) => a[part] !== b[part]);
}

let codeDigest: string | null = null;

/** How events are read (upcasters, schemas), folded, and written into tables. */
function digestOfFolders(folders: readonly string[]): string {
  const hash = createHash("sha256");
  for (const folder of folders) {
    const dir = new URL(folder, import.meta.url);
    const names = readdirSync(dir, { recursive: true, encoding: "utf8" }).filter((name) =>
      /(?<!\.d)\.[jt]s$/.test(name),
    );
    for (const name of names.sort()) hash.update(`${folder}${name}\n`).update(readFileSync(new URL(name, dir)));
  }
  return hash.digest("hex");
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** JSON with sorted keys: the order in a policy file means nothing. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
