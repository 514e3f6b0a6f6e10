import type { Dialect, Headers, Limits } from "./http.ts";
import { SourceError } from "./source.ts";

/** The provider does not take the key. */
export class KeyRefused extends SourceError {
  constructor(message: string) {
    super("permanent", message);
  }
}

/** HTTP 204: the provider took the request and has nothing to say. What that means is for who asked. */
export class NoContent extends SourceError {
  constructor(provider: string) {
    super("transient", `${provider} answered nothing (HTTP 204)`);
  }
}

/** A limit without a word on when it ends is one of those counted by the minute. */
export const limitedMs = 60_000;

/** A provider can ask for no longer a pause than this: a slip of its clock must not silence it for a year. */
const limitedMaxMs = 24 * 60 * 60_000;

/** It may be back earlier than it thinks. */
const downMaxMs = 5 * 60_000;

interface Refusal {
  provider: string;
  status: number;
  headers: Headers;
  /** undefined where it is no JSON. */
  body: unknown;
  /** The server's clock minus ours. */
  skewMs: number;
  now: number;
  dialect: Dialect;
  quote: (words: string) => string;
}

/** What an answer with a status outside 2xx means. */
export function statusFailure({ provider, status, headers, body, skewMs, now, dialect, quote }: Refusal): SourceError {
  const said = body === undefined ? null : dialect.words(body);
  const words = said === null ? "" : `: ${quote(said)}`;
  const wait = retryAfterMs(headers["retry-after"], now + skewMs) ?? dialect.waitMs(headers);
  if (status === 429) {
    const day = dialect.spentUntil?.(headers, now) ?? null;
    if (day !== null)
      return new SourceError("budget", `${provider}'s calls of today are used up (HTTP 429)${words}`, { retryAt: day });
    const retryAt = now + Math.min(wait ?? limitedMs, limitedMaxMs);
    return new SourceError("rate-limited", `${provider} limits us (HTTP 429)${words}`, { retryAt });
  }
  // Somebody in between: the providers refuse a key in JSON.
  if ((status === 401 || status === 403) && body === undefined && isPage(headers["content-type"])) {
    const text = `${provider} answered a web page (HTTP ${status}), which is no word on our key`;
    const retryAt = wait === null || wait === 0 ? {} : { retryAt: now + Math.min(wait, downMaxMs) };
    return new SourceError("transient", `${text}; check FULLTIME_SOURCE_URL if it lasts`, retryAt);
  }
  if (status === 401 || status === 403 || dialect.refusesKey(status, said)) {
    const remedy = "check FULLTIME_SOURCE_KEY and what its plan covers: fulltime source check";
    return new KeyRefused(`${provider} refuses our key (HTTP ${status})${words}; ${remedy}`);
  }
  if (status >= 300 && status < 400) {
    const remedy = "redirects are not followed; check FULLTIME_SOURCE_URL";
    return new SourceError("transient", `${provider} redirects to ${quote(hostOf(headers.location))}; ${remedy}`);
  }
  // API-Football's own time-out is 499.
  if (status >= 499 || status === 408) {
    const retryAt = wait === null || wait === 0 ? {} : { retryAt: now + Math.min(wait, downMaxMs) };
    return new SourceError("transient", `${provider} is failing (HTTP ${status})${words}`, retryAt);
  }
  const remedy = status === 404 ? "; check FULLTIME_COMPETITIONS and FULLTIME_SOURCE_URL" : "";
  return new SourceError("permanent", `${provider} refuses the request (HTTP ${status})${words}${remedy}`);
}

/** A 2xx whose body is no JSON: a page of somebody in between, or half an answer. */
export function unreadable(provider: string, type: string | undefined, text: string): SourceError {
  const start = text.trimStart();
  const what = /^[[{]/.test(start)
    ? `JSON that breaks off after ${text.length} characters`
    : start === ""
      ? "nothing"
      : isPage(type) || start.startsWith("<")
        ? "a web page instead of JSON; check FULLTIME_SOURCE_URL"
        : "something that is no JSON";
  return new SourceError("transient", `${provider} answered ${what}`);
}

function isPage(type: string | undefined): boolean {
  return /html/i.test(type ?? "");
}

/** Why there is no whole answer; null: it took too long. The client's own message may repeat the URL and is not repeated. */
export function connectionFailure(provider: string, error: unknown, limits: Limits): SourceError {
  const told = (text: string) => new SourceError("transient", `${provider} ${text}`, { cause: error });
  if (error === null) return told(`took longer than ${limits.totalMs / 1000} s to answer`);
  const code = codeOf(error);
  switch (code) {
    case "UND_ERR_CONNECT_TIMEOUT":
      return told(`cannot be reached: no connection within ${limits.connectMs / 1000} s`);
    case "UND_ERR_HEADERS_TIMEOUT":
    case "UND_ERR_BODY_TIMEOUT":
      return told(`said nothing for ${limits.idleMs / 1000} s`);
    case "UND_ERR_RES_EXCEEDED_MAX_SIZE":
      return told(`answered more than ${limits.bodyMax >> 20} MB; the rest was not read`);
    case "UND_ERR_SOCKET":
    case "UND_ERR_RES_CONTENT_LENGTH_MISMATCH":
    case "ECONNRESET":
    case "EPIPE":
      return told(`broke the connection off (${code})`);
  }
  if (isOfTls(code))
    return told(
      `cannot be trusted: its certificate or TLS is not right (${code}); an authority of your own goes into NODE_EXTRA_CA_CERTS`,
    );
  if (code.startsWith("HPE_") || code.startsWith("UND_ERR_HEADERS")) return told(`answered no HTTP (${code})`);
  return told(`cannot be reached: ${code}`);
}

/** Codes of OpenSSL's verification (`CERT_HAS_EXPIRED`) and of Node's TLS (`ERR_TLS_CERT_ALTNAME_INVALID`). */
function isOfTls(code: string): boolean {
  return /^ERR_(TLS|SSL)|CERT|SIGNATURE|^EPROTO$/.test(code);
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : null;
  return typeof code === "string" ? code : error instanceof Error ? error.name : "unknown";
}

/** Seconds, or an HTTP date by the server's own clock (RFC 9110, 10.2.3). */
function retryAfterMs(text: string | undefined, serverNow: number): number | null {
  if (text === undefined) return null;
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1000 : Date.parse(text) - serverNow;
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

function hostOf(location: string | undefined): string {
  if (location === undefined) return "nowhere";
  return URL.canParse(location) ? new URL(location).host : "another path";
}
