import { InvalidArgumentError } from "commander";
import { daysMax } from "../../src/actors/letter.ts";
import { parseDuration } from "../../src/config/duration.ts";
import { isMatchId } from "../../src/events/subjects.ts";

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

export function days(text: string): number {
  const n = Number(text);
  if (!Number.isSafeInteger(n) || n < 1 || n > daysMax)
    throw new InvalidArgumentError(`write a whole number of days from 1 to ${daysMax}.`);
  return n;
}

export function matchId(text: string): string {
  if (!isMatchId(text)) throw new InvalidArgumentError("match ids are like pl-2016-17-arsenal-chelsea.");
  return text;
}

/** For an option that may be repeated: all that was given, each read by `read`. */
export function collected<T>(read: (text: string) => T): (text: string, before: T[] | undefined) => T[] {
  return (text, before = []) => [...before, read(text)];
}
