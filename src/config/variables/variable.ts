/** One environment variable: what it is for, what it is without one, how its text is read. */
export interface Variable<T> {
  name: string;
  about: string;
  /** May follow from the variables before it. */
  fallback: string | ((values: Readonly<Record<string, unknown>>) => string);
  secret?: true;
  /** Throws `Mistake`: what would be right, one line each. */
  read(text: string): T;
}

/** What would be right instead of the text that was given. */
export class Mistake extends Error {}

export function wrong(right: string): never {
  throw new Mistake(right);
}

export function oneOf<T extends string>(values: readonly T[]): (text: string) => T {
  return (text) => values.find((value) => value === text) ?? wrong(`must be ${values.join(" or ")}`);
}

export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    return value >= min && value <= max ? value : wrong(`must be a whole number from ${min} to ${max}`);
  };
}

/** The parts of a comma list. */
export function list(text: string): string[] {
  return text
    .split(",")
    .map((it) => it.trim())
    .filter((it) => it !== "");
}

export function listOf(item: { test(text: string): boolean }, right: string): (text: string) => string[] {
  return (text) => (list(text).every((it) => item.test(it)) ? list(text) : wrong(right));
}
