import type { Context } from "hono";

/** Names that begin like this are of the form itself: what they hold is never kept, in the log or elsewhere. */
const ownPrefix = "_";

/** Names of the fields that every form of the console has. */
export const formFields = { token: "_form", call: "_call", again: "_again", back: "_back" } as const;

export function isForm(c: Context): boolean {
  return /^application\/x-www-form-urlencoded(?:\s*;|$)/i.test(c.req.header("Content-Type") ?? "");
}

/** What a form posted. Its body has passed `limitBody`. */
export async function readForm(c: Context): Promise<URLSearchParams> {
  return new URLSearchParams(isForm(c) ? await c.req.text() : "");
}

/** The fields of a form's body that something may be made of. */
export function keptFields(body: string): string[] {
  return [...new URLSearchParams(body)].filter(([name]) => !name.startsWith(ownPrefix)).flat();
}
