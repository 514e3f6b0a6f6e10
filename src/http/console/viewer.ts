import type { Context } from "hono";
import { randomUUID } from "node:crypto";
import type { Access } from "../access/access.ts";
import { allows } from "../access/principal.ts";
import type { HttpEnv } from "../openapi.ts";

/** Who reads a page, and what he may do there: what he may not, the page does not offer. */
export interface Viewer {
  name: string;
  mayOperate: boolean;
  mayAdmin: boolean;
  /** He signed in here, so he can sign out. */
  hasSession: boolean;
  /** Stands in every form; see formFields. */
  formToken: string;
  /** A fresh one for each form: sent twice, it is one call. */
  newCallId(): string;
}

export function viewerOf(c: Context<HttpEnv>, { formTokens }: Pick<Access, "formTokens">): Viewer {
  const principal = c.get("principal");
  return {
    name: principal.name,
    mayOperate: allows(principal, "operate"),
    mayAdmin: allows(principal, "admin"),
    hasSession: c.get("session") !== null,
    formToken: formTokens.of(c),
    newCallId: randomUUID,
  };
}
