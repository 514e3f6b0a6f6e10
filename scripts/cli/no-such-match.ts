import { CommandFailed, exitCode } from "./errors.ts";
import { nearest } from "./nearest.ts";

export function noSuchMatch(id: string, known: Iterable<string>): CommandFailed {
  const near = nearest(id, known);
  const hint = near.length === 0 ? "the log has no matches yet" : `did you mean ${near.join(", ")}?`;
  return new CommandFailed(exitCode.failed, `there is no match ${id}: ${hint}`);
}
