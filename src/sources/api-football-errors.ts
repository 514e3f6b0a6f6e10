import { inspect } from "node:util";
import { KeyRefused, limitedMs } from "./http-failure.ts";
import { SourceError } from "./source.ts";

/** A refusal that came with HTTP 200. The keys are the provider's; its sentences are for people. */
export function errorOf(errors: unknown, now: number, quote: (words: string) => string): SourceError | null {
  const entries = typeof errors === "object" ? Object.entries(errors ?? {}) : unnamed(errors);
  if (entries.length === 0) return null;
  const kinds = new Set(entries.map(([kind]) => kind));
  const words = quote(entries.map(([kind, text]) => `${kind}: ${wordsOf(text)}`).join("; "));
  if (kinds.has("requests")) return spent(now, words);
  if (kinds.has("rateLimit"))
    return new SourceError("rate-limited", `API-Football limits us: ${words}`, { retryAt: now + limitedMs });
  if (kinds.has("token") || kinds.has("access") || kinds.has("plan")) {
    const remedy = "check FULLTIME_SOURCE_KEY and what its plan covers: fulltime source check";
    return new KeyRefused(`API-Football refuses our key: ${words}; ${remedy}`);
  }
  if (kinds.has("bug") || kinds.has("report")) return new SourceError("transient", `API-Football is failing: ${words}`);
  return new SourceError("permanent", `API-Football refuses the request: ${words}`);
}

/** Without a kind, as nobody documents it: still a refusal. */
function unnamed(errors: unknown): [string, unknown][] {
  return errors === undefined || errors === "" ? [] : [["error", errors]];
}

/** Whatever stands there, however deep: JSON of it could exceed the stack. */
export function wordsOf(value: unknown): string {
  return typeof value === "string" ? value : inspect(value, { depth: 2, breakLength: Infinity });
}

/** The day's calls are used up. */
export function spent(now: number, words: string): SourceError {
  return new SourceError("budget", `API-Football's calls of today are used up: ${words}`, { retryAt: nextDay(now) });
}

/** Its days end at midnight UTC. */
export function nextDay(now: number): number {
  return new Date(now).setUTCHours(24, 0, 0, 0);
}
