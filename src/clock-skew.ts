/** One look at the log's clock. Epoch milliseconds; `roundTrip` in milliseconds of wall time. */
export interface ClockSample {
  /** The log's clock when it answered. */
  log: number;
  /** Our clock when the answer came. */
  received: number;
  roundTrip: number;
}

/**
 * How far our clock is ahead of the log's, milliseconds; negative: behind. When within the round trip the log read its clock
 * is unknown, so it is the least that the sample proves: a slow answer alone is no skew.
 */
export function skewOf({ log, received, roundTrip }: ClockSample): number {
  const [least, most] = [received - roundTrip - log, received - log];
  if (least > 0) return least;
  return most < 0 ? most : 0;
}

/** Beyond this instants of the log and of this node no longer compare well, which health says. */
const degradedAboveMs = 2_000;
/** Beyond this a prediction could be asked for, or dated, on the wrong side of a kick-off. */
const pausedAboveMs = 30_000;

export type SkewLevel = "ok" | "degraded" | "paused";

export function skewLevel(skewMs: number): SkewLevel {
  const size = Math.abs(skewMs);
  if (size > pausedAboveMs) return "paused";
  return size > degradedAboveMs ? "degraded" : "ok";
}

/** As health shows it; null for a skew that needs no word. */
export function describeSkew(skewMs: number): string | null {
  const level = skewLevel(skewMs);
  if (level === "ok") return null;
  const off = `this node's clock is ${(Math.abs(skewMs) / 1000).toFixed(1)} s ${skewMs > 0 ? "ahead of" : "behind"} the log's`;
  return level === "degraded" ? `${off}: set it` : `${off}: predictions are paused until it is set`;
}
