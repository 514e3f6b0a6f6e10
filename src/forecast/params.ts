/** What a parameter may be, both ends included. Beyond them no football is: means would sit at their bounds, or a fit would not end. */
export interface Range {
  min: number;
  max: number;
  whole?: true;
}

export interface Parameters<D extends Readonly<Record<string, number>>> {
  /** Every parameter of the family, with the value it takes when a member names none. */
  defaults: D;
  ranges: Readonly<Record<keyof D, Range>>;
}

/** A member's parameters over its family's defaults. A misspelt name must not silently fall back to the default: it throws. */
export function readParams<D extends Readonly<Record<string, number>>>(
  family: string,
  { defaults, ranges }: Parameters<D>,
  params: Readonly<Record<string, number>>,
): { readonly [K in keyof D]: number } {
  for (const [name, value] of Object.entries(params)) {
    if (!Object.hasOwn(defaults, name)) throw new RangeError(noParameter(family, name, defaults));
    const range = ranges[name as keyof D];
    if (!isWithin(value, range)) throw new RangeError(`family ${family}: ${name} ${rangeRule(range)}, not ${value}`);
  }
  return { ...defaults, ...params };
}

export function noParameter(family: string, name: string, defaults: Readonly<Record<string, number>>): string {
  return `family ${family} has no parameter "${name}"; it has ${Object.keys(defaults).join(", ")}`;
}

export function rangeRule({ min, max, whole }: Range): string {
  return `must be a ${whole ? "whole number" : "number"} from ${min} to ${max}`;
}

/** False for what is no number either. */
function isWithin(value: number, { min, max, whole }: Range): boolean {
  return value >= min && value <= max && (whole !== true || Number.isInteger(value));
}
