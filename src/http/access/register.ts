import { timingSafeEqual } from "node:crypto";
import type { Principal, PrincipalEntry } from "./principal.ts";
import { digestOf, matchesScrypt, parseTokenHash, randomTokenLength, type TokenHash } from "./token-hash.ts";

/** Who has which token. */
export interface Register {
  /** There are tokens. Without any, nobody can be told apart. */
  readonly configured: boolean;
  /** Whose token this is, as far as that can be told at once: null for a chosen one that was not verified before. */
  find(token: string): Principal | null;
  /**
   * Tries a token against the slow hashes, which costs some tenths of a second each: whoever calls this has counted the attempt. One token at a
   * time, so a flood holds one thread of the pool and no more; `busy` when too many wait.
   */
  verify(token: string): Promise<Principal | null | "busy">;
}

/** Attempts that may wait for the one under way. */
const waitingMax = 16;

type Slow = { principal: Principal; hash: TokenHash & { kind: "scrypt" } };

/** `principals` are valid entries: one that is not is a broken invariant, and throws. */
export function createRegister(adminToken: string | null, principals: readonly PrincipalEntry[]): Register {
  /** Grows by the chosen tokens as they are verified: by one for each entry at most. */
  const known: { principal: Principal; digest: Buffer; lengthMin: number }[] = [];
  const slow: Slow[] = [];
  if (adminToken !== null) {
    known.push({ principal: { name: "admin", scope: "admin" }, digest: digestOf(adminToken), lengthMin: 0 });
  }
  for (const { name, scope, token } of principals) {
    const hash = parseTokenHash(token);
    if ("mistake" in hash) throw new Error(`principal ${name}: token: ${hash.mistake}`);
    if (hash.kind === "scrypt") slow.push({ principal: { name, scope }, hash });
    else known.push({ principal: { name, scope }, digest: hash.digest, lengthMin: randomTokenLength });
  }

  function find(token: string): Principal | null {
    const given = digestOf(token);
    let found: Principal | null = null;
    // Digests are of one length and all of them are compared, so the time tells nothing of any token.
    for (const { principal, digest, lengthMin } of known) {
      if (timingSafeEqual(given, digest) && token.length >= lengthMin) found = principal;
    }
    return found;
  }

  async function tryAll(token: string): Promise<Principal | null> {
    const already = find(token);
    if (already !== null) return already;
    let found: Principal | null = null;
    for (const { principal, hash } of slow) if (await matchesScrypt(token, hash)) found = principal;
    if (found !== null) known.push({ principal: found, digest: digestOf(token), lengthMin: 0 });
    return found;
  }

  let waiting = 0;
  let underWay: Promise<unknown> = Promise.resolve();
  return {
    configured: known.length + slow.length > 0,
    find,
    async verify(token) {
      if (slow.length === 0) return null;
      if (waiting >= waitingMax) return "busy";
      waiting += 1;
      const attempt = underWay.then(() => tryAll(token)).finally(() => (waiting -= 1));
      underWay = attempt.catch(() => {});
      return attempt;
    },
  };
}
