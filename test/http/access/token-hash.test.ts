import fc from "fast-check";
import { expect, test } from "vitest";
import {
  matchesScrypt,
  newToken,
  parseTokenHash,
  randomTokenLength,
  scryptOf,
  sha256Of,
} from "../../../src/http/access/token-hash.ts";

test("a token that is made is 32 random bytes, and its entry is no way back to it", () => {
  const tokens = new Set(Array.from({ length: 100 }, newToken));
  expect(tokens.size).toBe(100);
  for (const token of tokens) {
    expect(token).toMatch(/^[\w-]+$/);
    expect(token).toHaveLength(randomTokenLength);
    expect(Buffer.from(token, "base64url")).toHaveLength(32);
    expect(sha256Of(token)).toMatch(/^sha256:[0-9a-f]{64}$/);
  }
});

test("an entry is what other tools make of the token", () => {
  expect(sha256Of("abc")).toBe("sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("scrypt takes the token and no other, salted each time anew", async () => {
  const [one, two] = [await scryptOf("correct-horse-battery"), await scryptOf("correct-horse-battery")];
  expect(one).not.toBe(two);
  const hash = parseTokenHash(one);
  if (!("kind" in hash) || hash.kind !== "scrypt") throw new Error(one);
  expect(await matchesScrypt("correct-horse-battery", hash)).toBe(true);
  expect(await matchesScrypt("correct-horse-batterz", hash)).toBe(false);
});

const salt = Buffer.alloc(16).toString("base64url");
const digest = Buffer.alloc(32).toString("base64url");

test.each([
  ["", /begin with sha256: or scrypt:/],
  ["a-token-in-the-clear", /begin with sha256: or scrypt:/],
  ["md5:0", /begin with/],
  [`sha256:${"0".repeat(63)}`, /64 hexadecimal digits/],
  [`sha256:${"0".repeat(64)}:0`, /64 hexadecimal digits/],
  ["scrypt:", /must be like scrypt:/],
  [`scrypt:N=32768,r=8,p=3:${salt}`, /must be like scrypt:/],
  [`scrypt:r=8,N=32768,p=3:${salt}:${digest}`, /must be like scrypt:/],
  [`scrypt:N=32769,r=8,p=3:${salt}:${digest}`, /power of two/],
  [`scrypt:N=1024,r=8,p=3:${salt}:${digest}`, /from 16384/],
  [`scrypt:N=2097152,r=8,p=3:${salt}:${digest}`, /to 1048576/],
  [`scrypt:N=1048576,r=8,p=1:${salt}:${digest}`, /at most 256 MiB/],
  [`scrypt:N=32768,r=0,p=3:${salt}:${digest}`, /r must be at least 1/],
  [`scrypt:N=32768,r=8,p=17:${salt}:${digest}`, /p from 1 to 16/],
  [`scrypt:N=32768,r=8,p=3:c2FsdA:${digest}`, /salt must have at least 16 bytes/],
  [`scrypt:N=32768,r=8,p=3:${salt}:c2FsdA`, /hash 32 to 64/],
])("%s is no entry", (text, mistake) => {
  expect(parseTokenHash(text)).toEqual({ mistake: expect.stringMatching(mistake) });
});

test("any text is an entry or told what is wrong with it, and the text is not repeated", () => {
  const part = fc.string({ minLength: 8, unit: "grapheme-ascii" });
  const texts = fc.oneof(
    part,
    part.map((it) => `sha256:${it}`),
    part.map((it) => `scrypt:${it}`),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const read = parseTokenHash(text);
      if ("mistake" in read) expect(read.mistake).not.toContain(text);
    }),
  );
});
