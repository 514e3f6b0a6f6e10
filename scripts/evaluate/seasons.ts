import type { Remark, Row } from "./rows.ts";

const dayMs = 86_400_000;

/** A pause this long that ends in July, August or September is the one between two seasons. */
const summerDays = 25;

/** A match of a later round may be brought forward to just before the first. */
const earlyDays = 7;

/**
 * Gives rows of one competition that tell no season theirs: a season begins after a summer pause. The calendar alone would
 * put the July 2020 of a season that began in 2019 into the next.
 */
export function withSeasons(rows: readonly Row[]): Row[] {
  let season = "";
  let last = Number.NEGATIVE_INFINITY;
  return rows
    .toSorted((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0))
    .map((row) => {
      const at = Date.parse(row.date);
      const month = Number(row.date.slice(5, 7));
      if (season === "" || (at - last > summerDays * dayMs && month >= 7 && month <= 9)) {
        const year = Number(row.date.slice(0, 4)) - (month < 7 ? 1 : 0);
        season = `${year}-${String((year + 1) % 100).padStart(2, "0")}`;
      }
      last = at;
      return { ...row, season };
    });
}

/**
 * The rows of one competition and season with dates in that season. One in the wrong year, well before the first round or outside
 * the season, is moved by a year where that puts it right, and rejected where it does not.
 */
export function withDatesInSeason(label: string, season: string, rows: readonly Row[], remark: Remark): Row[] {
  const year = Number(season.slice(0, 4));
  const [begin, end] = season.includes("-")
    ? [`${year}-07-01`, `${year + 1}-08-31`]
    : [`${year}-01-01`, `${year}-12-31`];
  const opening = rows.filter(({ round, date }) => round === 1 && date >= begin && date <= end).map(({ date }) => date);
  const opened = opening.toSorted()[0];
  const first =
    opened === undefined ? begin : new Date(Date.parse(opened) - earlyDays * dayMs).toISOString().slice(0, 10);
  const moved = new Map<string, number>();
  const kept = rows.flatMap((row) => {
    const fits = (date: string) => date >= first && date <= end;
    if (fits(row.date)) return [row];
    const date = [1, -1].map((years) => inYears(row.date, years)).find(fits);
    if (date === undefined) {
      remark(`${label} ${season}: rejected ${row.date} ${row.home} v ${row.away}: not a date of this season`);
      return [];
    }
    const change = `${row.date.slice(0, 7)} to ${date.slice(0, 7)}`;
    moved.set(change, (moved.get(change) ?? 0) + 1);
    return [{ ...row, date }];
  });
  for (const [change, count] of moved) {
    remark(`${label} ${season}: ${count} matches moved from ${change}: they were dated outside the season`);
  }
  return kept;
}

function inYears(date: string, years: number): string {
  return String(Number(date.slice(0, 4)) + years) + date.slice(4);
}
