import type { Score } from "../../../match/event.ts";
import type { Status } from "../../../match/status.ts";
import type { Tone } from "../components/badge.tsx";

/** `2:1` */
export function scoreOf({ home, away }: Score): string {
  return `${home}:${away}`;
}

/** A probability, `38.2 %`. */
export function chance(probability: number): string {
  return `${(100 * probability).toFixed(1)} %`;
}

export const statusTones: Readonly<Record<Status, Tone>> = {
  scheduled: "waiting",
  "in-play": "busy",
  interrupted: "warning",
  postponed: "warning",
  finished: "good",
  cancelled: "quiet",
  abandoned: "quiet",
  awarded: "quiet",
  "walk-over": "quiet",
};

/** The three outcomes in the order of every score rule, home < draw < away. */
export const tendencies = ["home", "draw", "away"] as const;
