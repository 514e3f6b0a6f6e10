/** What people write for a moment: a day or an instant, UTC unless it says otherwise. */
export interface WrittenInstant {
  /** Epoch milliseconds; of a day, its beginning. */
  at: number;
  isDay: boolean;
}

const dayMs = 86_400_000;

/** What football is predicted in, and what ISO 8601 writes with four digits whatever is added. */
const [earliest, latest] = [Date.UTC(1970, 0), Date.UTC(2201, 0) - 1];

/** In words: what `readInstant` takes. */
export const instantForm = "write a day like 2016-08-13 or an instant like 2016-08-13T14:30Z, from 1970 to 2200";

/** null for a text that is neither a day like "2016-08-13" nor an instant like "2016-08-13T14:30Z", of the years 1970 to 2200. */
export function readInstant(text: string): WrittenInstant | null {
  const [, date, time, zone] =
    /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.exec(text) ?? [];
  if (date === undefined || !exists(date)) return null;
  const isDay = time === undefined;
  const at = Date.parse(isDay || zone !== undefined ? text : `${text}Z`);
  return at >= earliest && at <= latest ? { at, isDay } : null;
}

/** `Date.parse` takes February 29 to 31 of any year for a day of March. */
function exists(date: string): boolean {
  const at = Date.parse(date);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date);
}

/** The last millisecond of what was written: a day counts to its end. */
export function endOf({ at, isDay }: WrittenInstant): number {
  return isDay ? at + dayMs - 1 : at;
}
