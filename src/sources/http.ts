import { Agent, type Dispatcher } from "undici";
import type { Clock } from "../clock.ts";
import { connectionFailure, NoContent, statusFailure, unreadable } from "./http-failure.ts";
import type { Pacer } from "./pacer.ts";
import { maskOf } from "./secret.ts";
import { SourceError } from "./source.ts";

export interface HttpOptions {
  /** As messages call it: `football-data.org`. */
  provider: string;
  /** Without user and password; a path in it is kept: `https://relay.example/football`. */
  url: string;
  /** Sent with every request. The key is in these and nowhere else. */
  headers: Headers;
  /** Taken out of whatever the provider says, bodies and headers alike: nothing made of an answer can hold it. */
  secret: string | null;
  pacer: Pacer;
  clock: Clock;
  dialect: Dialect;
  limits?: Partial<Limits> | undefined;
  /** Certificates (PEM) trusted instead of the system's, for a server of one's own. */
  ca?: string | undefined;
}

export type Headers = Readonly<Record<string, string | undefined>>;

/** How a provider says what HTTP leaves open. */
export interface Dialect {
  /** Its own words in the body of a refusal. */
  words(body: unknown): string | null;
  /** Whether it refuses the key by a status other than 401 and 403. */
  refusesKey(status: number, words: string | null): boolean;
  /** Milliseconds to wait by headers of its own, null where they do not tell. */
  waitMs(headers: Headers): number | null;
  /** Of a limit that is the day's: when the next day begins (epoch milliseconds); null for one of the minute. */
  spentUntil?(headers: Headers, now: number): number | null;
  /** Of a good answer that used up the minute's requests: milliseconds until there are some again; null while there are. */
  emptyMs?(headers: Headers): number | null;
}

export interface Limits {
  /** Milliseconds until there is a connection. */
  connectMs: number;
  /** Milliseconds without a byte, before the headers and within the body. */
  idleMs: number;
  /** Milliseconds from the start of a request to its last byte. */
  totalMs: number;
  /** Bytes of a body. A season of 380 matches takes 0.6 MB. */
  bodyMax: number;
}

export const defaultLimits: Limits = { connectMs: 10_000, idleMs: 15_000, totalMs: 60_000, bodyMax: 8 << 20 };

export interface Answer {
  body: unknown;
  headers: Headers;
  /** The server's clock minus ours, milliseconds; null where the answer bears no readable `Date`. */
  skewMs: number | null;
}

export interface HttpClient {
  /** One GET of JSON. Throws `SourceError`, or the signal's reason once that has aborted. */
  get(path: string, query: Headers, signal: AbortSignal, headers?: Headers): Promise<Answer>;
  /** The provider's words, short and without the key. */
  quote(words: string): string;
  /** Ends idle connections and running requests. */
  close(): Promise<void>;
}

/**
 * The one way to a provider's API: connections kept open, every wait bounded, no redirect followed (the key would go along),
 * JSON only. It never retries: what is tried again, and when, is the domain's word.
 */
export function createHttpClient(options: HttpOptions): HttpClient {
  const { provider, pacer, clock } = options;
  const mask = maskOf(options.secret);
  const maskWords = maskOf(options.secret, 1);
  const limits = { ...defaultLimits, ...options.limits };
  const base = new URL(options.url);
  const prefix = base.pathname.replace(/\/+$/, "");
  const agent = new Agent({
    connections: 4,
    connect: { timeout: limits.connectMs, ...(options.ca === undefined ? {} : { ca: options.ca }) },
    headersTimeout: limits.idleMs,
    bodyTimeout: limits.idleMs,
    maxResponseSize: limits.bodyMax,
    keepAliveTimeout: 30_000,
  });

  async function read(response: Dispatcher.ResponseData): Promise<Answer> {
    const { statusCode: status } = response;
    const headers = Object.fromEntries(
      Object.entries(response.headers).map(([name, value]) => [
        name,
        value === undefined ? value : mask(Array.isArray(value) ? value.join(", ") : value),
      ]),
    );
    const text = mask(await response.body.text());
    const skewMs = skewOf(headers, clock.now());
    const body = parsed(text);
    if (status >= 200 && status < 300) {
      const emptyMs = options.dialect.emptyMs?.(headers) ?? null;
      if (emptyMs !== null) pacer.hold(emptyMs);
      if (status === 204) throw new NoContent(provider);
      if (body === undefined) throw unreadable(provider, headers["content-type"], text);
      return { body, headers, skewMs };
    }
    const failure = statusFailure({
      provider,
      status,
      headers,
      body,
      skewMs: skewMs ?? 0,
      now: clock.now(),
      dialect: options.dialect,
      quote,
    });
    if (failure.category === "rate-limited" && failure.retryAt !== null) pacer.hold(failure.retryAt - clock.now());
    throw failure;
  }

  function quote(words: string): string {
    return maskWords(words).replace(/\s+/g, " ").slice(0, 160);
  }

  return {
    quote,
    async get(path, query, signal, headers = {}) {
      signal.throwIfAborted();
      await pacer.turn(provider, signal);
      const late = new AbortController();
      const timer = clock.after(limits.totalMs, () => late.abort());
      try {
        const response = await agent.request({
          origin: base.origin,
          path: prefix + path,
          query: { ...query },
          method: "GET",
          headers: { accept: "application/json", "user-agent": "fulltime", ...options.headers, ...headers },
          signal: AbortSignal.any([signal, late.signal]),
        });
        return await read(response);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof SourceError) throw error;
        throw connectionFailure(provider, late.signal.aborted ? null : error, limits);
      } finally {
        timer.cancel();
      }
    },
    close: () => agent.destroy(),
  };
}

/** undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A cache on the way passes on the `Date` of when it asked, and tells in `Age` how many seconds ago that was. */
function skewOf({ date, age }: Headers, now: number): number | null {
  const at = date === undefined ? Number.NaN : Date.parse(date);
  const cachedMs = age !== undefined && /^\d+$/.test(age) ? Number(age) * 1000 : 0;
  return Number.isNaN(at) ? null : at + cachedMs - now;
}
