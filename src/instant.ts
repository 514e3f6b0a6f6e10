/** What people write for a moment: a day or an instant, UTC unless it says otherwise. */
export interface WrittenInstant {
  /** Epoch milliseconds; of a day, its beginning. */
  at: number;
  isDay: boolean;
}

const dayMs = 86_400_000;

/** null for a text that is neither a day like "2016-08-13" nor an instant like "2016-08-13T14:30Z". */
export function readInstant(text: string): WrittenInstant | null {
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  const isInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/.test(text);
  const zoned = isDay || /(Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`;
  const at = isDay || isInstant ? Date.parse(zoned) : Number.NaN;
  return Number.isNaN(at) ? null : { at, isDay };
}

/** The last millisecond of what was written: a day counts to its end. */
export function endOf({ at, isDay }: WrittenInstant): number {
  return isDay ? at + dayMs - 1 : at;
}
