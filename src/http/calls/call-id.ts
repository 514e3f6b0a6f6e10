import { createHash } from "node:crypto";

/** Crockford's base 32, as ULIDs are written. */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * The id of the call that a principal makes with this idempotency key, shaped as a ULID: always the same, so that of two
 * calls with one key, to one node or to two, the log takes one.
 */
export function callIdOf(principal: string, key: string): string {
  const hash = createHash("sha256").update(`${principal}\n${key}`).digest();
  let bits = BigInt(`0x${hash.subarray(0, 16).toString("hex")}`);
  let text = "";
  for (let at = 0; at < 26; at++) {
    text = `${alphabet[Number(bits & 31n)]}${text}`;
    bits >>= 5n;
  }
  return text;
}

/** SHA-256 of what was asked, for telling whether a key is used for the same again. */
export function bodyHashOf(method: string, path: string, body: unknown): string {
  return createHash("sha256")
    .update(`${method} ${path}\n${JSON.stringify(body ?? null)}`)
    .digest("hex");
}
