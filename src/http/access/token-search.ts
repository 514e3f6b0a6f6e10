import { hash } from "node:crypto";
import { randomTokenLength } from "./token-hash.ts";

/** Finds known tokens in texts, by their digests alone. */
export interface TokenSearch {
  /** `length` null: of 32 random bytes, in whichever form they were written. */
  add(digest: Buffer, length: number | null): void;
  /** Whether a text has a token that nobody guesses. `within`: as a part of a longer word too, which costs three hashes a character. */
  holdsRandom(text: string, within: boolean): boolean;
  /** Whether a text has a token that somebody may have thought of. An answer is as good as a login: whoever asks has counted it. */
  holdsChosen(text: string): boolean;
}

/** Of 32 bytes: base64url, base64 with its padding, hexadecimal. */
const randomLengths = [randomTokenLength, 44, 64];

/** No field takes a longer text, so none is kept: it is looked at word by word. */
const keptLengthMax = 512;

const tokenWord = /[\w~+/=.-]{43,}/g;
/** Without what stands around a value in a cookie or a path. */
const bareWord = /[\w-]{43,}/g;

export function createTokenSearch(): TokenSearch {
  const [random, chosen] = [new Map<number, Set<string>>(), new Map<number, Set<string>>()];
  /** Random ones whatever their length. */
  const whole = new Set<string>();

  return {
    add(digest, length) {
      const lengths = length === null ? randomLengths : [length];
      const text = digest.toString("base64");
      for (const it of lengths) {
        const tokens = it >= randomTokenLength ? random : chosen;
        tokens.set(it, (tokens.get(it) ?? new Set()).add(text));
        if (it >= randomTokenLength) whole.add(text);
      }
    },
    holdsRandom(text, within) {
      if (text.length < randomTokenLength || whole.size === 0) return false;
      const words = [...(text.match(tokenWord) ?? []), ...(text.match(bareWord) ?? [])];
      if (words.some((word) => whole.has(digestOf(word)))) return true;
      return within && text.length <= keptLengthMax && words.some((word) => hasPart(word, random));
    },
    holdsChosen: (text) => hasPart(text, chosen),
  };
}

function hasPart(text: string, tokens: ReadonlyMap<number, ReadonlySet<string>>): boolean {
  for (const [length, digests] of tokens) {
    for (let at = 0; at + length <= text.length; at += 1) {
      if (digests.has(digestOf(text.slice(at, at + length)))) return true;
    }
  }
  return false;
}

function digestOf(text: string): string {
  return hash("sha256", text, "base64");
}
