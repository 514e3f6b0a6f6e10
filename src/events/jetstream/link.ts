import { setMaxListeners } from "node:events";
import type { Msg, MsgHdrs, NatsConnection } from "nats";
import { type Clock, pause } from "../../clock.ts";
import { createBell } from "../bell.ts";
import { ApiError, LogUnavailable, NoAnswer, NotAllowed, notAllowedIn, StreamReplaced } from "../errors.ts";
import { streamName } from "../provision.ts";
import { apiOnce, code, isPassing, parseAnswer, type StreamInfo } from "./api.ts";

/**
 * The connection as the log sees it: up or away, and always to the same stream. The client retries nothing and tells
 * nobody when a request is lost with its connection; here every request in flight fails at once when that happens.
 */
export interface Link {
  readonly nc: NatsConnection;
  readonly clock: Clock;
  /** Creation time of the stream. */
  readonly identity: string;
  readonly replicas: number;
  /** Aborts with the reason (LogUnavailable or StreamReplaced) when the log ends. */
  readonly ended: AbortSignal;
  /** One try; rejects with NoAnswer, NotAllowed, or the reason the log ended. Waits for the server before it sends. */
  request(subject: string, payload: Uint8Array | string, headers?: MsgHdrs): Promise<Msg>;
  /** A request that may be repeated, to `$JS.API.<subject>`: waits as long as it takes. Rejects with ApiError or NotAllowed. */
  api<T extends object>(subject: string, body: object | null): Promise<T>;
  /** Resolves when another try makes sense: the server is there and a pause that grows with `attempt` (from 0) has passed. */
  retry(attempt: number): Promise<void>;
  /** Compares the stream's identity now; a replaced stream ends the log. */
  verify(): Promise<void>;
  /** Calls `run` at each loss of the connection; returns how to stop that. */
  onLost(run: () => void): () => void;
  connected(): boolean;
  close(): void;
}

const probeEveryMs = 400;
const probeTimeoutMs = 900;
const answerAgeMaxMs = 2000;
const backoffMinMs = 20;
const backoffMaxMs = 1000;

export async function openLink(nc: NatsConnection, clock: Clock, timeoutMs: number): Promise<Link> {
  const info = await apiOnce<StreamInfo>(nc, `STREAM.INFO.${streamName}`, null, timeoutMs);
  const identity = info.created;
  const end = new AbortController();
  // Every wait of ours listens to it, and there may be thousands.
  setMaxListeners(0, end.signal);
  const losers = new Set<() => void>();
  const inFlight = new Set<(error: Error) => void>();
  const changed = createBell();
  let up = true;
  let answeredAt = clock.elapsed();

  function lose(): void {
    up = false;
    for (const fail of inFlight) fail(new NoAnswer("a request: the connection was lost"));
    for (const run of losers) run();
  }

  function finish(reason: LogUnavailable): void {
    if (end.signal.aborted) return;
    end.abort(reason);
    up = false;
    for (const fail of inFlight) fail(reason);
    changed.ring();
  }

  const reason = () => end.signal.reason as Error;

  function guarded<T>(what: string, promise: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = () => inFlight.delete(fail);
      const fail = (error: Error) => {
        settle();
        reject(error);
      };
      inFlight.add(fail);
      promise.then(
        (value) => {
          settle();
          resolve(value);
        },
        (cause: unknown) =>
          fail(
            cause instanceof ApiError || cause instanceof NotAllowed
              ? cause
              : (notAllowedIn(cause) ?? new NoAnswer(what, { cause })),
          ),
      );
    });
  }

  /** Does not wait for `up`: this is how we find out. */
  async function probe(limitMs: number): Promise<"same" | "away"> {
    try {
      const found = await guarded("STREAM.INFO", apiOnce<StreamInfo>(nc, `STREAM.INFO.${streamName}`, null, limitMs));
      if (found.created !== identity) {
        finish(new StreamReplaced(identity, found.created));
        throw reason();
      }
      answeredAt = clock.elapsed();
      return "same";
    } catch (error) {
      if (error instanceof NoAnswer || error instanceof NotAllowed || isPassing(error)) return "away";
      // No such stream: it may be on its way back (recovery, restore). Until then the log is away.
      if (error instanceof ApiError && error.code === code.streamNotFound) return "away";
      throw error;
    }
  }

  async function returnOf(): Promise<void> {
    for (let attempt = 0; !up && !end.signal.aborted; attempt++) {
      if ((await probe(probeTimeoutMs)) === "same") {
        up = true;
        changed.ring();
        return;
      }
      await pause(clock, backoff(attempt), end.signal);
    }
  }

  async function watchStatus(): Promise<void> {
    for await (const status of nc.status()) {
      if (status.type === "disconnect" || status.type === "staleConnection") lose();
      else if (status.type === "reconnect") returnOf().catch(endBecause);
      else if (status.type === "close") finish(new LogUnavailable("the connection was closed"));
    }
  }

  async function watchStream(): Promise<void> {
    while (!end.signal.aborted) {
      await pause(clock, probeEveryMs, end.signal);
      if (up && !end.signal.aborted) await probe(probeTimeoutMs);
    }
  }

  function endBecause(cause: unknown): void {
    finish(cause instanceof LogUnavailable ? cause : new LogUnavailable(String(cause), { cause }));
  }

  watchStatus().catch(endBecause);
  watchStream().catch(endBecause);

  async function ready(): Promise<void> {
    while (!up) {
      if (end.signal.aborted) throw reason();
      await changed.heard();
    }
  }

  async function request(subject: string, payload: Uint8Array | string, headers?: MsgHdrs): Promise<Msg> {
    if (!up) await ready();
    if (end.signal.aborted) throw reason();
    return guarded(subject, nc.request(subject, payload, { timeout: timeoutMs, ...(headers ? { headers } : {}) }));
  }

  async function retry(attempt: number): Promise<void> {
    if (attempt > 0 || !up) await pause(clock, backoff(attempt), end.signal);
    await ready();
    if (end.signal.aborted) throw reason();
  }

  return {
    nc,
    clock,
    identity,
    replicas: info.config.num_replicas,
    ended: end.signal,
    request,
    retry,
    async api<T extends object>(subject: string, body: object | null) {
      const payload = body === null ? "" : JSON.stringify(body);
      for (let attempt = 0; ; attempt++) {
        try {
          return parseAnswer<T>((await request(`$JS.API.${subject}`, payload)).data);
        } catch (error) {
          if (!(error instanceof NoAnswer) && !isPassing(error)) throw error;
        }
        await retry(attempt);
      }
    },
    async verify() {
      for (let attempt = 0; (await probe(timeoutMs)) === "away"; attempt++) await retry(attempt + 1);
    },
    onLost(run) {
      losers.add(run);
      return () => losers.delete(run);
    },
    connected: () => up && clock.elapsed() - answeredAt < answerAgeMaxMs,
    close: () => finish(new LogUnavailable()),
  };
}

function backoff(attempt: number): number {
  return Math.min(backoffMaxMs, backoffMinMs * 2 ** Math.min(attempt, 10));
}
