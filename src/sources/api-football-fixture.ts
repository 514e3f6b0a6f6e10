import { z } from "zod";
import type { PollRemark } from "../match/event.ts";
import { fixtureSchema, type RawFixture, statuses } from "./api-football-schema.ts";
import { resultOf } from "./api-football-score.ts";
import { firstYearOf, type League } from "./competitions.ts";
import { kickoffOf, oneLine } from "./live.ts";
import type { Told } from "./recognise.ts";

/** One fixture of API-Football's list, or why it is no match for us. */
export function readFixture(raw: unknown, league: League, season: string): Told | PollRemark {
  const parsed = fixtureSchema.safeParse(raw);
  if (!parsed.success) return { code: "unreadable", match: refOf(raw), text: oneLine(parsed.error) };
  const match = parsed.data;
  const { fixture, teams } = match;
  const reject = (code: string, text: string) => ({ code, match: nameOf(match), text });
  if (teams.home.name === null || teams.away.name === null) return reject("no-teams", "its teams are not known yet");
  if (String(match.league.id) !== league.codes["api-football"] || match.league.season !== firstYearOf(season)) {
    return reject("other-season", `it is of league ${match.league.id}, season ${match.league.season}`);
  }
  const { short } = fixture.status;
  const status = statuses.get(short);
  if (status === undefined) return reject("unknown-status", `status ${JSON.stringify(short)} is not documented`);
  const result = status === "finished" ? resultOf(match) : null;
  if (typeof result === "string") return reject("no-90-minute-score", result);
  return {
    ref: String(fixture.id),
    matchday: match.league.round ?? null,
    home: teams.home.name,
    away: teams.away.name,
    ...kickoffOf(league, fixture.date, short !== "TBD"),
    status,
    result,
  };
}

function refOf(raw: unknown): string {
  const parsed = z.object({ fixture: z.object({ id: z.int() }) }).safeParse(raw);
  return parsed.success ? String(parsed.data.fixture.id) : "a match without id";
}

function nameOf({ fixture, teams }: RawFixture): string {
  return `${fixture.id} ${fixture.date.slice(0, 10)} ${teams.home.name ?? "?"} v ${teams.away.name ?? "?"}`;
}
