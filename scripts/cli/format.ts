import { formatDuration } from "../../src/config/duration.ts";

/** `2016-08-13 09:00:00`, UTC. */
export function instant(time: number): string {
  return new Date(time).toISOString().slice(0, 19).replace("T", " ");
}

/** `2016-08-13 09:00`, UTC. */
export function minuteOf(time: number): string {
  return instant(time).slice(0, 16);
}

/** As people say it, to two units: `2h 5m`, `3d`, `40s`. */
export function lasting(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  const seconds = Math.round(ms / 1000);
  const parts = [
    [Math.floor(seconds / 86_400), "d"],
    [Math.floor(seconds / 3600) % 24, "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [seconds % 60, "s"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join(" ");
}

/** A duration of the policy: `5m`. */
export const budget = formatDuration;

export function fixed(value: number | null, digits: number): string {
  return value === null ? "-" : value.toFixed(digits);
}

export function score(it: { home: number; away: number }): string {
  return `${it.home}-${it.away}`;
}

export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
