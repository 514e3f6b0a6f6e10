import { CommanderError } from "commander";
import { ConfigMistakes } from "../../src/config.ts";
import { DataDirectoryForeign } from "../../src/data-directory.ts";
import { NatsRefused, NatsUnreachable } from "../../src/open-log.ts";
import { ArchiveChoiceError } from "../../src/sources/archive.ts";
import { paintMessage, say } from "./output.ts";

/** What the operator's scripts look at. */
export const exitCode = {
  fine: 0,
  failed: 1,
  usage: 2,
  found: 3,
  partly: 4,
  unauthorised: 5,
  unreachable: 6,
  changed: 7,
  interrupted: 130,
} as const;

/** Ends a command with this code; the message is for the operator and says what to do. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Says what went wrong and gives the code the process ends with. */
export function report(error: unknown): number {
  // Commander has said it already; help and the version end here too.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.fine : exitCode.usage;
  if (error instanceof ConfigMistakes) {
    for (const mistake of error.mistakes) complain(mistake);
    return exitCode.usage;
  }
  if (!(error instanceof Error)) {
    complain(String(error));
    return exitCode.failed;
  }
  // An error with a name of its own was foreseen: its text is for people, its stack for nobody.
  const foreseen = error.name !== "Error" && error.constructor !== TypeError && error.constructor !== RangeError;
  complain(foreseen ? error.message : `unexpected: ${error.stack ?? error.message}`);
  if (error instanceof CommandFailed) return error.code;
  if (error instanceof ArchiveChoiceError || error instanceof DataDirectoryForeign) return exitCode.usage;
  if (error instanceof NatsUnreachable) return exitCode.unreachable;
  if (error instanceof NatsRefused) return exitCode.unauthorised;
  return exitCode.failed;
}

function complain(text: string): void {
  say(`${paintMessage("red", "error:")} ${text}`);
}
