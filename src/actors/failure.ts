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
  const frames = (error.stack ?? "").split("\n").filter((line) => line.trimStart().startsWith("at "));
  const places = frames.slice(0, 6).map((frame) => frame.trim().replace(/\(?(?:file:\/\/)?[^\s(]*[\\/]([^\\/\s)]+?):\d+:\d+\)?$/, "$1"));
  return `bug:${hash([error.name, ...places].join("\n"))}`;
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
