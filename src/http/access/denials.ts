import type { Logger } from "pino";
import type { Clock } from "../../clock.ts";

export const denialReasons = [
  "no-token",
  "wrong-token",
  "misplaced-token",
  "scope",
  "not-local",
  "host",
  "cross-site",
  "form-token",
  "rate",
] as const;
export type DenialReason = (typeof denialReasons)[number];

/** Requests that were refused for who made them, from where, or how often. */
export interface Denials {
  /** Since the node started. */
  count(reason: DenialReason): number;
  record(denial: Denial): void;
}

export interface Denial {
  reason: DenialReason;
  address: string;
  requestId: string;
  route: string;
}

const quietMs = 60_000;
/** Addresses told apart in one minute; those beyond share one line. */
const addressesMax = 1000;
const others = "others";

/** Counts every denial, and writes one warning a minute for each address at most: a flood must not fill the disk too. */
export function createDenials({ logger, clock }: { logger: Logger; clock: Pick<Clock, "elapsed"> }): Denials {
  const counts = new Map<DenialReason, number>();
  /** By address, in the order of their last line. */
  const told = new Map<string, { at: number; untold: number }>();

  /** What to say of this address now: null when its last line is too young. */
  function turnOf(address: string, now: number): { untold: number } | null {
    const last = told.get(address);
    if (last !== undefined && now - last.at < quietMs) {
      last.untold += 1;
      return null;
    }
    told.delete(address);
    return { untold: last?.untold ?? 0 };
  }

  function forgetOld(now: number): void {
    for (const [address, { at }] of told) {
      if (now - at < quietMs) break;
      told.delete(address);
    }
  }

  return {
    count: (reason) => counts.get(reason) ?? 0,
    record({ reason, address, requestId, route }) {
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
      const now = clock.elapsed();
      let turn = turnOf(address, now);
      if (turn === null) return;
      forgetOld(now);
      const key = told.size < addressesMax ? address : others;
      if (key === others) turn = turnOf(others, now);
      if (turn === null) return;
      told.set(key, { at: now, untold: 0 });
      // `untold`: denials of this address since its last line.
      logger.warn({ reason, address: key, requestId, route, untold: turn.untold }, "a request was refused");
    },
  };
}
