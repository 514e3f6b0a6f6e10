import { pause } from "../clock.ts";
import type { HttpOptions } from "./options.ts";
import { Refused } from "./problem.ts";

const readMaxMs = 10_000;

/**
 * What the log answers within `waitMaxMs`: an absent server makes the log wait for ever. Throws `Refused` (503) when it is away,
 * or does not answer; then `signal` ends the question.
 */
export async function fromLog<T>(
  { log, clock }: Pick<HttpOptions, "log" | "clock">,
  question: (signal: AbortSignal) => Promise<T>,
  waitMaxMs: number = readMaxMs,
): Promise<T> {
  if (!log.connected()) throw new Refused(503, "NATS does not answer", { headers: { "Retry-After": "5" } });
  const end = new AbortController();
  const done = new AbortController();
  const late = pause(clock, waitMaxMs, done.signal).then((): never => {
    if (!done.signal.aborted) end.abort();
    throw new Refused(503, "the log does not answer", { headers: { "Retry-After": "5" } });
  });
  // Whichever of the two comes second, nobody waits for it.
  late.catch(() => {});
  try {
    const answer = question(end.signal);
    answer.catch(() => {});
    return await Promise.race([answer, late]);
  } finally {
    done.abort();
  }
}
