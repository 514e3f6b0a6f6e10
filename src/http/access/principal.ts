/** What a principal may do; each includes those before it. */
export const scopes = ["read", "operate", "admin"] as const;
export type Scope = (typeof scopes)[number];

/** Who makes a request: in the log it is the `actor` of what the request writes, as `operator:<name>`. */
export interface Principal {
  name: string;
  scope: Scope;
}

/** A principal as the file of principals holds it: `token` is a hash, never the token. */
export interface PrincipalEntry extends Principal {
  token: string;
}

/** Lower-case, so that no two names look alike in the log. */
export const principalName = /^[a-z0-9][a-z0-9._-]{0,62}$/;

/** Whoever shows FULLTIME_ADMIN_TOKEN, and whoever asks from this machine while there is no token: no file may take these names. */
export const reservedNames: readonly string[] = ["admin", "local"];

export function allows(principal: Principal, wanted: Scope): boolean {
  return scopes.indexOf(principal.scope) >= scopes.indexOf(wanted);
}
