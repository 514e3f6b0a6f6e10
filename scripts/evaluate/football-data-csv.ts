import { basename, extname } from "node:path";
import { parse } from "csv-parse/sync";
import type { Probabilities } from "../../src/match/event.ts";
import { competitionOf, type Remark, type Row, type RowFile, scoreMistake } from "./rows.ts";

type Cells = Readonly<Record<string, string | undefined>>;

const needed = ["Date", "HomeTeam", "AwayTeam", "FTHG", "FTAG"] as const;

/** A CSV file as football-data.co.uk publishes them; null, with a remark, for one without its columns. */
export function readFootballDataCsv(path: string, label: string, bytes: Buffer, remark: Remark): RowFile | null {
  let lines: Cells[];
  try {
    lines = parse(decoded(bytes), {
      bom: true,
      columns: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      relax_column_count: true,
      trim: true,
    });
  } catch (error) {
    remark(`${label}: rejected, it is not readable as CSV: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
  const missing = needed.filter((column) => lines[0]?.[column] === undefined);
  if (missing.length > 0) {
    remark(`${label}: rejected, it has no column ${missing.join(", ")}`);
    return null;
  }
  const rows: Row[] = [];
  for (const cells of lines) {
    const row = rowOf(cells, path);
    if (typeof row === "string")
      remark(`${label}: rejected ${cells.Date} ${cells.HomeTeam} v ${cells.AwayTeam}: ${row}`);
    else if (row !== null) rows.push(row);
  }
  return { label, rows };
}

/** The row; null where it has no score yet, what is wrong with it otherwise. */
function rowOf(cells: Cells, path: string): Row | string | null {
  const { Date: given = "", Time: time = "", HomeTeam: home = "", AwayTeam: away = "", Div: division } = cells;
  const { FTHG: homeGoals = "", FTAG: awayGoals = "" } = cells;
  if (homeGoals === "" && awayGoals === "") return null;
  const date = dateOf(given);
  if (date === null) return `"${given}" is no date with the day first, such as 13/08/2016`;
  if (home === "" || away === "") return "a team is missing";
  if (!/^\d+$/.test(homeGoals) || !/^\d+$/.test(awayGoals)) return `"${homeGoals}-${awayGoals}" is no score`;
  const score = { home: Number(homeGoals), away: Number(awayGoals) };
  const mistake = scoreMistake(score);
  if (mistake !== null) return mistake;
  return {
    competition: competitionOf(division || basename(path, extname(path))),
    season: null,
    round: null,
    date,
    time: /^\d\d?:\d\d$/.test(time) ? time.padStart(5, "0") : null,
    home,
    away,
    score,
    odds: oddsOf(cells),
  };
}

/** Older files are in Latin-1. */
function decoded(bytes: Buffer): string {
  const text = bytes.toString("utf8");
  return text.includes("�") ? bytes.toString("latin1") : text;
}

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** `13/08/16`, `13/08/2016`, `13.08.2016`, `2016-08-13`, `13 Aug 2016` -> `2016-08-13`; null for anything else. */
export function dateOf(given: string): string | null {
  const isoLike = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?$/.exec(given);
  const dayFirst = /^(\d{1,2})[-/. ](\d{1,2}|[A-Za-z]{3,9})[-/. ](\d{2}|\d{4})$/.exec(given);
  const [year = "", month = "", day = ""] = isoLike
    ? isoLike.slice(1)
    : dayFirst
      ? [century(dayFirst[3] ?? ""), monthOf(dayFirst[2] ?? ""), dayFirst[1]]
      : [];
  const date = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const instant = Date.parse(`${date}T00:00:00Z`);
  // Parsing alone would take 30 February for 1 March.
  return Number.isNaN(instant) || new Date(instant).toISOString().slice(0, 10) !== date ? null : date;
}

function century(year: string): string {
  if (year.length === 4) return year;
  return (Number(year) >= 70 ? "19" : "20") + year;
}

function monthOf(text: string): string {
  return /^\d+$/.test(text) ? text : String(months.indexOf(text.slice(0, 3).toLowerCase()) + 1);
}

/** Best first: closing prices know more than those of days before, Pinnacle's and the market's mean more than one bookmaker's. */
const books = ["PSC", "AvgC", "B365C", "PS", "Avg", "BbAv", "B365", "BW", "IW", "WH", "VC"];

/** Inverse decimal odds, divided by their sum to take off the overround. */
function oddsOf(cells: Cells): Probabilities | null {
  for (const book of books) {
    const prices = ["H", "D", "A"].map((outcome) => Number(cells[book + outcome] || Number.NaN));
    if (!prices.every((price) => price > 1)) continue;
    const [home = 0, draw = 0, away = 0] = prices.map((price) => 1 / price);
    const sum = home + draw + away;
    return { home: home / sum, draw: draw / sum, away: away / sum };
  }
  return null;
}
