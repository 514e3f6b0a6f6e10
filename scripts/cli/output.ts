import { styleText } from "node:util";

type Format = Parameters<typeof styleText>[0];

/** Data, and nothing else: what the next program in a pipe reads. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** One document on stdout. */
export function printJson(document: object): void {
  print(JSON.stringify({ schemaVersion: 1, ...document }, null, process.stdout.isTTY ? 2 : 0));
}

/** Messages for people. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Coloured where a person looks at it and NO_COLOR does not forbid it. */
export function paint(format: Format, text: string): string {
  return styleText(format, text, { stream: process.stdout });
}

export function paintMessage(format: Format, text: string): string {
  return styleText(format, text, { stream: process.stderr });
}
