import { InvalidArgumentError } from "commander";
import { reasonLengthMax } from "../../src/match/attempts.ts";
import { daysMax } from "../../src/match/backfill.ts";
import { parseDuration } from "../../src/config/duration.ts";
import { isCallId, isMatchId } from "../../src/events/subjects.ts";
import { endOf, instantForm, readInstant, type WrittenInstant } from "../../src/instant.ts";

/** Milliseconds of `48h`, `7d`, `90s`. */
export function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === null) throw new InvalidArgumentError('write a whole number and ms, s, m, h or d, like "48h".');
  return ms;
}

/** Epoch milliseconds of a day (its beginning) or an instant, UTC unless it says otherwise. */
export function from(text: string): number {
  return instantOf(text).at;
}

/** Like `from`; a day counts to its end. */
export function to(text: string): number {
  return endOf(instantOf(text));
}

function instantOf(text: string): WrittenInstant {
  const instant = readInstant(text);
  if (instant === null) throw new InvalidArgumentError(`${instantForm}.`);
  return instant;
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

/** The id of an operator's call, as `backfill list` shows it. */
export function callId(text: string): string {
  if (!isCallId(text)) throw new InvalidArgumentError("ids of backfills are like 01J8ZQ4T5V9N3M2K1H0G7F6E5D.");
  return text;
}

export function wholeNumber(text: string): number {
  const n = Number(text);
  if (!Number.isSafeInteger(n) || n < 1) throw new InvalidArgumentError("write a whole number from 1.");
  return n;
}

/** Why somebody does something, as it stands in the log. */
export function reasonText(text: string): string {
  const trimmed = text.trim();
  if (trimmed === "") throw new InvalidArgumentError("say why, in a few words.");
  if (trimmed.length > reasonLengthMax)
    throw new InvalidArgumentError(`say it in at most ${reasonLengthMax} characters.`);
  return trimmed;
}
