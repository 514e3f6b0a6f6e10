import type { Context, MiddlewareHandler } from "hono";
import type { HttpEnv } from "../openapi.ts";
import { routePattern } from "../route-pattern.ts";
import { bearerToken } from "./bearer.ts";
import { cutOff } from "./body.ts";
import type { Bucket } from "./bucket.ts";
import { deny } from "./deny.ts";
import { isForm, keptFields } from "./form.ts";
import type { Register } from "./register.ts";
import { isSafe } from "./safe.ts";

export interface MisplacedTokenOptions {
  register: Register;
  logins: Bucket;
}

/** No token of a node is shorter, and a shorter word is found in any text. */
const tokenLengthMin = 16;

/**
 * A token belongs in its header, whosever it is. Anywhere else it would be kept: a reason is a fact in the log for ever, a URL
 * stands in every proxy's own log. Whoever asks without a token is not answered, as nothing that he sends is kept.
 *
 * A refusal tells that a word is a token. For random ones that is nothing, as nobody guesses them. Words that may be a token
 * somebody chose are looked up where they would be kept, and counted as attempts to log in. Comes after the limits of rate
 * and body.
 */
export function noTokenElsewhere({ register, logins }: MisplacedTokenOptions): MiddlewareHandler<HttpEnv> {
  const { search } = register;
  return async function noTokenElsewhere(c, next) {
    const principal = c.get("principal") as HttpEnv["Variables"]["principal"] | undefined;
    if (principal === undefined) return next();
    const passing = passingTexts(c);
    let kept: string[] = [];
    if (!isSafe(c.req.method)) {
      try {
        const body = await c.req.text();
        passing.push(body);
        kept = keptTexts(c, body);
      } catch (error) {
        return cutOff(c, error);
      }
    }
    const own = bearerToken(c.req.header("Authorization")) ?? "";
    if (own.length >= tokenLengthMin && [...passing, ...kept].some((text) => text.includes(own))) return refuse(c);
    if (passing.some((text) => search.holdsRandom(text, false))) return refuse(c);
    if (kept.some((text) => search.holdsRandom(text, true))) return refuse(c);
    if (!register.hasGuessable(principal.name)) return next();
    const words = [...new Set(kept.flatMap((text) => text.match(/\S{16,}/g) ?? []))];
    for (let guesses = words.reduce((sum, word) => sum + guessesIn(word), 0); guesses > 0; guesses -= 1) {
      const { allowed, headers } = await logins.take(`principal ${principal.name}`);
      if (allowed) continue;
      const wait = headers["Retry-After"] ?? "60";
      return deny(c, 429, "rate", `too many long words that could be tokens: come back in ${wait} s`, headers);
    }
    return words.some((word) => search.holdsChosen(word)) ? refuse(c) : next();
  };
}

function refuse(c: Context<HttpEnv>): Response {
  return deny(c, 400, "misplaced-token", "the token may stand in the Authorization header only: make a new one");
}

/** What goes past in a request and is not kept by this node. */
function passingTexts(c: Context): string[] {
  const texts = [c.req.url, decoded(c.req.url)];
  for (const [name, value] of c.req.raw.headers) if (name !== "authorization") texts.push(value);
  return texts;
}

/** What a fact may be made of: the ids in the path, the query, the key, every string of the body and every name in it. */
function keptTexts(c: Context, body: string): string[] {
  const { pathname, searchParams } = new URL(c.req.url);
  const fixed = new Set(routePattern(c).split("/"));
  return [
    ...pathname
      .split("/")
      .filter((part) => !fixed.has(part))
      .map(decoded),
    ...[...searchParams].flat(),
    c.req.header("Idempotency-Key") ?? "",
    ...(isForm(c) ? keptFields(body) : stringsIn(body)),
  ];
}

function stringsIn(body: string): string[] {
  let root: unknown;
  try {
    root = JSON.parse(body);
  } catch {
    // No route takes it, and none repeats it.
    return [];
  }
  const strings: string[] = [];
  // A stack of its own: a body may be nested deeper than calls may.
  for (const stack = [root]; stack.length > 0; ) {
    const value = stack.pop();
    if (typeof value === "string") strings.push(value);
    else if (typeof value === "object" && value !== null) {
      if (!Array.isArray(value)) strings.push(...Object.keys(value));
      for (const inner of Object.values(value)) stack.push(inner);
    }
  }
  return strings;
}

/** Shapes of ids: random ones (UUID, ULID, hashes), and matches by their season. A token of such a shape is found without being counted. */
const idShape =
  /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9A-HJKMNP-TV-Z]{26}|[0-9a-f]{32,64}|[a-z0-9]+-\d{4}(?:-\d\d)?-[a-z0-9-]+)$/i;

/** As many tokens of the shortest kind as there is room for. */
function guessesIn(word: string): number {
  return idShape.test(word) ? 0 : Math.floor(word.length / tokenLengthMin);
}

/** ASCII is all that a token is made of; what is no escape stays as it is. */
function decoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
