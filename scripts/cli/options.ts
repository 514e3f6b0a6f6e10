import { InvalidArgumentError } from "commander";
import { parseDuration } from "../../src/config/duration.ts";

/** Milliseconds of `48h`, `7d`, `90s`. */
export function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === null) throw new InvalidArgumentError('write a whole number and ms, s, m, h or d, like "48h".');
  return ms;
}

const dayMs = 86_400_000;

/** Epoch milliseconds of a day (its beginning) or an instant, UTC unless it says otherwise. */
export function from(text: string): number {
  return instantOf(text).at;
}

/** Like `from`; a day counts to its end. */
export function to(text: string): number {
  const { at, isDay } = instantOf(text);
  return isDay ? at + dayMs - 1 : at;
}

function instantOf(text: string): { at: number; isDay: boolean } {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  const isInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/.test(text);
  const zoned = isDay || /(Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`;
  const at = isDay || isInstant ? Date.parse(zoned) : Number.NaN;
  if (Number.isNaN(at))
    throw new InvalidArgumentError('write a day like "2016-08-13" or an instant like "2016-08-13T14:30Z".');
  return { at, isDay };
}

/** Help text below the options. */
export function examples(...lines: readonly (readonly [command: string, does: string])[]): string {
  const width = Math.max(...lines.map(([command]) => command.length));
  return `\nExamples:\n${lines.map(([command, does]) => `  $ fulltime ${command.padEnd(width)}  # ${does}`).join("\n")}`;
}
