import { Temporal } from "temporal-polyfill";

/** What a date and a time of day mean where they are meant. */
export type LocalKickoff =
  | {
      /** Epoch milliseconds. */
      at: number;
      /** The instant is not exact: there was no time of day, or it happened twice that day. */
      assumed: boolean;
    }
  | { problem: string };

const cache = new Map<string, LocalKickoff>();
/** Ten seasons of one league. */
const cachedMax = 4000;

/**
 * The instant of a wall clock in a zone (IANA name). Without a time, `usual` (`HH:MM`) stands in, as assumed. A time that the
 * clock shows twice, when summer time ends, is the earlier one and assumed: whatever is due before kick-off is then in time for
 * both. One that it skips, when summer time begins, is a problem: nobody can have meant it.
 */
export function localKickoff(zone: string, date: string, time: string | null, usual: string): LocalKickoff {
  const key = `${zone} ${date} ${time ?? `~${usual}`}`;
  let found = cache.get(key);
  if (found === undefined) {
    found = resolve(zone, date, time, usual);
    if (cache.size >= cachedMax) cache.clear();
    cache.set(key, found);
  }
  return found;
}

function resolve(zone: string, date: string, time: string | null, usual: string): LocalKickoff {
  const written = /^(\d{1,2}):(\d{2})$/.exec(time ?? usual);
  if (written === null) return { problem: `${JSON.stringify(time)} is no time of day like 15:30` };
  const day = dayOf(date);
  if (day === null) return { problem: `${JSON.stringify(date)} is no date like 2025-08-22` };
  const [hour, minute] = [Number(written[1]), Number(written[2])];
  if (hour > 23 || minute > 59) return { problem: `${time} is no time of day` };
  const local = day.toPlainDateTime({ hour, minute });
  const [earlier, later] = (["earlier", "later"] as const).map((disambiguation) =>
    local.toZonedDateTime(zone, { disambiguation }),
  ) as [Temporal.ZonedDateTime, Temporal.ZonedDateTime];
  if (earlier.epochMilliseconds === later.epochMilliseconds)
    return { at: earlier.epochMilliseconds, assumed: time === null };
  if (earlier.toPlainDateTime().equals(local)) return { at: earlier.epochMilliseconds, assumed: true };
  if (time === null) return { at: later.epochMilliseconds, assumed: true };
  return { problem: `${date} has no ${time} in ${zone}: the clocks skip it` };
}

function dayOf(date: string): Temporal.PlainDate | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) return null;
  try {
    return Temporal.PlainDate.from(date, { overflow: "reject" });
  } catch {
    return null;
  }
}
