import { createInterface } from "node:readline/promises";
import { CommandFailed, exitCode } from "./errors.ts";

/** How sure the operator said to be. */
export interface Consent {
  yes?: true;
  /** false: --no-input. */
  input: boolean;
}

/** Whether to go on. Asks on a terminal; without one, or with --no-input, only --yes is a yes: throws `CommandFailed`. */
export async function confirmed(question: string, { yes, input }: Consent, signal: AbortSignal): Promise<boolean> {
  if (yes === true) return true;
  if (!input || !process.stdin.isTTY || !process.stderr.isTTY) {
    throw new CommandFailed(
      exitCode.usage,
      `${question} There is nobody to ask: say --yes, or look first with --dry-run`,
    );
  }
  // The terminal stays as it is, so that Ctrl-C is a signal here as everywhere.
  const terminal = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  const ended = new Promise<string>((resolve) => void terminal.once("close", () => resolve("")));
  try {
    const answer = await Promise.race([terminal.question(`${question} [y/N] `, { signal }), ended]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
