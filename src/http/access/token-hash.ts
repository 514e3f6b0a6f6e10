import { createHash, randomBytes, scrypt, timingSafeEqual } from "node:crypto";

/** What is kept of a token: enough to recognise it, too little to use it. */
export type TokenHash =
  | { kind: "sha256"; digest: Buffer }
  | { kind: "scrypt"; N: number; r: number; p: number; salt: Buffer; hash: Buffer };

/** What 32 random bytes take as base64url. A fast hash protects such a token, and nothing that a person could think of. */
export const randomTokenLength = 43;

/** A token of 32 random bytes, as base64url. */
export function newToken(): string {
  return randomBytes(32).toString("base64url");
}

export function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/** The entry of a random token. */
export function sha256Of(token: string): string {
  return `sha256:${digestOf(token).toString("hex")}`;
}

/** 32 MiB and some tenths of a second an attempt: what OWASP's password storage cheat sheet holds equal to N=2^17, p=1, in a quarter of its memory. */
const cost = { N: 2 ** 15, r: 8, p: 3 };

/** The entry of a token that somebody chose. */
export async function scryptOf(token: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(token, { ...cost, salt, length: 32 });
  const { N, r, p } = cost;
  return `scrypt:N=${N},r=${r},p=${p}:${salt.toString("base64url")}:${hash.toString("base64url")}`;
}

/** Some tenths of a second of one thread of the pool. */
export async function matchesScrypt(token: string, expected: TokenHash & { kind: "scrypt" }): Promise<boolean> {
  const { hash } = expected;
  return timingSafeEqual(await derive(token, { ...expected, length: hash.length }), hash);
}

/** Reads `sha256:<hex>` or `scrypt:N=32768,r=8,p=3:<salt>:<hash>` (base64url); what is wrong with it, when something is. */
export function parseTokenHash(text: string): TokenHash | { mistake: string } {
  const [kind, ...rest] = text.split(":");
  if (kind === "sha256") return parseSha256(rest);
  if (kind === "scrypt") return parseScrypt(rest);
  return { mistake: "must begin with sha256: or scrypt:, see `fulltime token new --help`" };
}

function parseSha256([hex = "", ...more]: string[]): TokenHash | { mistake: string } {
  if (!/^[0-9a-f]{64}$/i.test(hex) || more.length > 0) {
    return { mistake: "must be sha256: and 64 hexadecimal digits, the SHA-256 of a token of 32 random bytes" };
  }
  return { kind: "sha256", digest: Buffer.from(hex, "hex") };
}

/** Beyond this one attempt would hold a node's memory; below the least N it would hold up nobody. */
const memoryMaxBytes = 256 * 2 ** 20;
const [leastN, mostN] = [2 ** 14, 2 ** 20];

function parseScrypt([params = "", salt = "", hash = "", ...more]: string[]): TokenHash | { mistake: string } {
  const found = /^N=(\d{1,7}),r=(\d{1,2}),p=(\d{1,2})$/.exec(params);
  const bytes = /^[\w-]+$/;
  if (found === null || !bytes.test(salt) || !bytes.test(hash) || more.length > 0) {
    return { mistake: "must be like scrypt:N=32768,r=8,p=3:<salt>:<hash>, both base64url" };
  }
  const [N, r, p] = found.slice(1).map(Number) as [number, number, number];
  if (!Number.isInteger(Math.log2(N)) || N < leastN || N > mostN) {
    return { mistake: `scrypt's N must be a power of two from ${leastN} to ${mostN}` };
  }
  if (r < 1 || p < 1 || p > 16 || memoryOf(N, r) > memoryMaxBytes) {
    return { mistake: "scrypt's r must be at least 1, its p from 1 to 16, and N x r x 128 bytes at most 256 MiB" };
  }
  const [saltBytes, hashBytes] = [Buffer.from(salt, "base64url"), Buffer.from(hash, "base64url")];
  if (saltBytes.length < 16 || hashBytes.length < 32 || hashBytes.length > 64) {
    return { mistake: "scrypt's salt must have at least 16 bytes, its hash 32 to 64" };
  }
  return { kind: "scrypt", N, r, p, salt: saltBytes, hash: hashBytes };
}

function memoryOf(N: number, r: number): number {
  return 128 * N * r;
}

interface Derivation {
  N: number;
  r: number;
  p: number;
  salt: Buffer;
  length: number;
}

function derive(token: string, { N, r, p, salt, length }: Derivation): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // Beside the table itself, OpenSSL needs some blocks more.
    const maxmem = memoryOf(N, r) + 128 * r * (p + 2) + 2 ** 20;
    scrypt(token, salt, length, { N, r, p, maxmem }, (error, key) => (error === null ? resolve(key) : reject(error)));
  });
}
