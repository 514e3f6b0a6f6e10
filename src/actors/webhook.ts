import { createHmac } from "node:crypto";
import type { Clock } from "../clock.ts";

/** Where alerts go. */
export interface Receiver {
  /** http or https, without user or password. */
  url: string;
  /** Signs what is posted; said nowhere. */
  secret: string;
}

/** What became of one post. `reason` never holds the secret, nor more of the URL than its origin. */
export type Posted =
  | { outcome: "delivered" }
  /** It will never be taken. */
  | { outcome: "refused"; reason: string }
  /** Perhaps later; the receiver may have had it all the same. `retryAfterMs` as the receiver asks, 0 without that. */
  | { outcome: "failed"; reason: string; retryAfterMs: number };

/** From the request to the answer's headers; its body is read by nobody. */
const timeoutMs = 10_000;

/** A receiver can ask for no longer a pause than this. */
const retryAfterMaxMs = 300_000;

/**
 * Posts a JSON body once, without following redirects. Header `Fulltime-Signature: t=<unix seconds>,v1=<hex>` where v1 is
 * HMAC-SHA256 of `<t>.<body>` under the secret; `Fulltime-Alert-Id` repeats the id. 2xx is success; 4xx other than 408 and
 * 429 is for good. Never rejects.
 */
export async function post(
  { url, secret }: Receiver,
  { id, body }: { id: string; body: string },
  clock: Clock,
  signal: AbortSignal,
): Promise<Posted> {
  const stop = new AbortController();
  const end = () => stop.abort();
  const timer = clock.after(timeoutMs, end);
  if (signal.aborted) end();
  else signal.addEventListener("abort", end, { once: true });
  try {
    const response = await fetch(url, {
      method: "POST",
      redirect: "manual",
      headers: {
        "content-type": "application/json",
        "user-agent": "fulltime",
        "fulltime-alert-id": id,
        "fulltime-signature": signatureOf(secret, Math.floor(clock.now() / 1000), body),
      },
      body,
      signal: stop.signal,
    });
    response.body?.cancel().catch(() => {});
    return outcomeOf(response, clock.now());
  } catch (error) {
    const reason = stop.signal.aborted
      ? signal.aborted
        ? "given up: the node stops"
        : `no answer within ${timeoutMs / 1000} s`
      : `no answer: ${codeOf(error)}`;
    return { outcome: "failed", reason, retryAfterMs: 0 };
  } finally {
    timer.cancel();
    signal.removeEventListener("abort", end);
  }
}

function signatureOf(secret: string, seconds: number, body: string): string {
  return `t=${seconds},v1=${createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex")}`;
}

const passing: ReadonlySet<number> = new Set([408, 429]);

function outcomeOf({ status, headers }: Response, now: number): Posted {
  const reason = `HTTP ${status}`;
  if (status >= 200 && status < 300) return { outcome: "delivered" };
  if (status >= 400 && status < 500 && !passing.has(status)) return { outcome: "refused", reason };
  return { outcome: "failed", reason, retryAfterMs: retryAfterMs(headers.get("retry-after"), now) };
}

/** Seconds or an HTTP date (RFC 9110, 10.2.3). */
function retryAfterMs(text: string | null, now: number): number {
  if (text === null) return 0;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return ms > 0 ? Math.min(ms, retryAfterMaxMs) : 0;
}

/** The client's own message may repeat the URL. */
function codeOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
  const code = cause instanceof Error && "code" in cause ? cause.code : null;
  return typeof code === "string" ? code : cause instanceof Error ? cause.name : "unknown";
}
