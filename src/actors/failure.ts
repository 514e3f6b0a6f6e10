import { createHash } from "node:crypto";
import type { FailureCause } from "../match/attempts.ts";
import { StageError } from "./errors.ts";

/** Turns whatever a handler threw into a cause with a category. What nobody classified is a `bug`, known by its stack. */
export function causeOf(error: unknown): FailureCause {
  if (error instanceof StageError) {
    const { category, message, retryAt, fingerprint } = error;
    return { category, reason: message, retryAt, fingerprint };
  }
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : `threw ${String(error)}`;
  return { category: "bug", reason, fingerprint: fingerprintOf(error) };
}

/**
 * Hash of the kind of error and the code it came through: file names and functions without directories, lines and columns,
 * so that it is the same on every machine and survives an unrelated edit above.
 */
function fingerprintOf(error: unknown): string {
  if (!(error instanceof Error)) return `bug:${hash(typeof error)}`;
  return `bug:${hash([error.name, ...framesOf(error).slice(0, 6).map(placeOf)].join("\n"))}`;
}

function framesOf({ stack = "", message }: Error): string[] {
  // The message, which holds values, may have lines that look like frames.
  const below = stack.slice(stack.indexOf(message) + message.length);
  return below.split("\n").filter((line) => line.startsWith("    at "));
}

/** `    at run (file:///srv/app/src/poll.ts:12:3)` is `run poll.ts`. */
function placeOf(frame: string): string {
  const [, name = "", location = ""] = /^ +at (?:(.*) \()?(.*?)\)?$/.exec(frame) ?? [];
  const file = location.replace(/(?::\d+)+$/, "").replace(/^index \d+$/, "");
  return `${name} ${file.slice(Math.max(file.lastIndexOf("/"), file.lastIndexOf("\\")) + 1)}`;
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
