import { within } from "../clock.ts";
import type { HttpOptions } from "./options.ts";

/** How far the read model is behind the log. */
export interface Lag {
  /** Events of the log that are not in the answers. */
  lag: number;
  /** Everything up to here is. */
  sequence: number;
  /** More than a busy node's lag: beyond `lagMax`, or an event has waited longer than `waitMaxMs`. */
  isFarBehind: boolean;
}

/** About what a node writes in a second: fewer is the way of a busy log, more is a read model that does not keep up. */
const lagMax = 1000;

/** A read model that stands still does so at any lag. An event takes milliseconds. */
const waitMaxMs = 30_000;

/** An absent server makes the log wait; an answer about health does not. */
const lastWaitMs = 1000;

/** Health is for anyone, so the log is asked where it ends no more often than this. */
const lastAgeMaxMs = 1000;

/** `connected`: whether NATS answers; while it does not, the lag is behind what was last known of the log. */
export function createLag({
  readModel,
  log,
  clock,
}: Pick<HttpOptions, "readModel" | "log" | "clock">): (connected: boolean) => Promise<Lag> {
  let asked: { last: Promise<number | null>; at: number } | null = null;
  /** An event that was not in the answers when it was first known of. */
  let waiting: { sequence: number; since: number } | null = null;

  function last(): Promise<number | null> {
    if (asked === null || clock.elapsed() - asked.at > lastAgeMaxMs)
      asked = { last: within(clock, lastWaitMs, log.last()), at: clock.elapsed() };
    return asked.last;
  }

  return async (connected) => {
    const end = (connected ? await last() : null) ?? readModel.state().target;
    const sequence = readModel.sequence();
    if (waiting !== null && sequence >= waiting.sequence) waiting = null;
    if (end > sequence) waiting ??= { sequence: end, since: clock.elapsed() };
    const lag = Math.max(0, end - sequence);
    const waited = waiting === null ? 0 : clock.elapsed() - waiting.since;
    return { lag, sequence, isFarBehind: lag > lagMax || waited > waitMaxMs };
  };
}
