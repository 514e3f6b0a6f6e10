import { basename } from "node:path";
import { z } from "zod";
import { competitionOf, type Remark, type Row, type RowFile, scoreMistake, seasonIn } from "./rows.ts";

const goals = z.int().min(0);
const pair = z.tuple([goals, goals]);

const matchSchema = z.object({
  round: z.string().optional(),
  date: z.iso.date(),
  time: z
    .string()
    .regex(/^\d{1,2}:\d{2}/)
    .optional(),
  team1: z.string().min(1),
  team2: z.string().min(1),
  // Half-time scores are missing from many 0-0; we need none.
  score: z.object({ ft: pair.optional() }).optional(),
  status: z.string().optional(),
});

const fileSchema = z.object({ name: z.string(), matches: z.array(z.unknown()) });

/** openfootball's football.json. Null, with a remark, for a file that is none: half of it would make wrong tables. */
export function readOpenfootball(path: string, label: string, text: string, remark: Remark): RowFile | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    remark(`${label}: rejected, it is not valid JSON: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
  const file = fileSchema.safeParse(json);
  if (!file.success) {
    remark(`${label}: rejected, it has no "name" and "matches" as openfootball's files have`);
    return null;
  }
  const season = seasonIn(file.data.name) ?? seasonIn(path);
  const code = /(?<![a-z0-9])[a-z]{2,3}\.\d(?!\d)/.exec(basename(path))?.[0];
  const competition = code ? competitionOf(code) : file.data.name.replace(/\s*\d{4}.*$/, "").toLowerCase();
  const rows: Row[] = [];
  for (const given of file.data.matches) {
    const parsed = matchSchema.safeParse(given);
    if (!parsed.success) {
      remark(`${label}: rejected ${nameOf(given)}: ${z.prettifyError(parsed.error).replaceAll("\n", " ")}`);
      continue;
    }
    const { round, date, time, team1, team2, score, status } = parsed.data;
    if (score?.ft === undefined) continue;
    if (status !== undefined) {
      remark(`${label}: rejected ${date} ${team1} v ${team2}: ${status}`);
      continue;
    }
    const [home, away] = score.ft;
    const mistake = scoreMistake({ home, away });
    if (mistake !== null) {
      remark(`${label}: rejected ${date} ${team1} v ${team2}: ${mistake}`);
      continue;
    }
    const number = /\d+/.exec(round ?? "")?.[0];
    rows.push({
      competition,
      season,
      round: number === undefined ? null : Number(number),
      date,
      time: time === undefined ? null : time.slice(0, 5).padStart(5, "0"),
      home: team1,
      away: team2,
      score: { home, away },
      odds: null,
    });
  }
  return { label, rows };
}

const named = z.object({ date: z.string(), team1: z.string(), team2: z.string() });

/** Of a match that is not well formed. */
function nameOf(given: unknown): string {
  const { success, data } = named.safeParse(given);
  return success ? `${data.date} ${data.team1} v ${data.team2}` : "a match";
}
