/** What a principal may do; each includes those before it. */
export const scopes = ["read", "operate", "admin"] as const;
export type Scope = (typeof scopes)[number];

/** Who makes a request: in the log it is the `actor` of what the request writes, as `principal:<name>`. */
export interface Principal {
  name: string;
  scope: Scope;
}

export function allows(principal: Principal, wanted: Scope): boolean {
  return scopes.indexOf(principal.scope) >= scopes.indexOf(wanted);
}
