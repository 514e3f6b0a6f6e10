/** A member's parameters over its family's defaults. A misspelt name must not silently fall back to the default: it throws. */
export function readParams<D extends Readonly<Record<string, number>>>(
  family: string,
  defaults: D,
  params: Readonly<Record<string, number>>,
): { readonly [K in keyof D]: number } {
  for (const [name, value] of Object.entries(params)) {
    if (!Object.hasOwn(defaults, name)) {
      throw new RangeError(`family ${family} has no parameter "${name}"; it has ${Object.keys(defaults).join(", ")}`);
    }
    if (!Number.isFinite(value))
      throw new RangeError(`family ${family}: ${name} must be a finite number, not ${value}`);
  }
  return { ...defaults, ...params };
}
