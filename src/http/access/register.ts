import { timingSafeEqual } from "node:crypto";
import type { Principal, PrincipalEntry } from "./principal.ts";
import { digestOf, matchesScrypt, parseTokenHash, randomTokenLength, type TokenHash } from "./token-hash.ts";
import { createTokenSearch, type TokenSearch } from "./token-search.ts";

/** Who has which token. */
export interface Register {
  /** There are tokens. Without any, nobody can be told apart. */
  readonly configured: boolean;
  /** Whose token this is, as far as that can be told at once: null for a chosen one that was not verified before. */
  find(token: string): Principal | null;
  /** Looks for all of these tokens in a text; for a chosen one of the file from the first time it was verified, as its hash cannot be looked for. */
  readonly search: Pick<TokenSearch, "holdsRandom" | "holdsChosen">;
  /** Somebody else than this principal has a token that can be looked for and guessed. */
  hasGuessable(except: string): boolean;
  /**
   * Tries a token against the slow hashes, which costs some tenths of a second each. One token at a time, so a flood
   * holds one thread of the pool and no more; `busy` when too many wait, whoever they are.
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
  const search = createTokenSearch();
  const guessable = new Set<string>();

  function learn(principal: Principal, token: string): void {
    const digest = digestOf(token);
    known.push({ principal, digest, lengthMin: 0 });
    search.add(digest, token.length);
    if (token.length < randomTokenLength) guessable.add(principal.name);
  }

  if (adminToken !== null) learn({ name: "admin", scope: "admin" }, adminToken);
  for (const { name, scope, token } of principals) {
    const hash = parseTokenHash(token);
    if ("mistake" in hash) throw new Error(`principal ${name}: token: ${hash.mistake}`);
    if (hash.kind === "scrypt") slow.push({ principal: { name, scope }, hash });
    else {
      known.push({ principal: { name, scope }, digest: hash.digest, lengthMin: randomTokenLength });
      search.add(hash.digest, null);
    }
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
    if (found !== null) learn(found, token);
    return found;
  }

  let waiting = 0;
  let underWay: Promise<unknown> = Promise.resolve();
  return {
    configured: known.length + slow.length > 0,
    find,
    search,
    hasGuessable: (except) => [...guessable].some((name) => name !== except),
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
