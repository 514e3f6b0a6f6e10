import { z } from "zod";
import { fixtureSchema, type RawFixture, statuses } from "./api-football-schema.ts";
import { resultOf } from "./api-football-score.ts";
import { firstYearOf, type League } from "./competitions.ts";
import { inDoubt, kickoffOf, oneLine, type Refused } from "./live.ts";
import type { Told } from "./recognise.ts";
import { isDoubt, mayBeSecondLeg } from "./score.ts";

/** One fixture of API-Football's list, or why it is no match for us. */
export function readFixture(raw: unknown, league: League, season: string): Told | Refused {
  const parsed = fixtureSchema.safeParse(raw);
  if (!parsed.success) {
    const ref = refOf(raw);
    const match = ref ?? "a match without id";
    return { ref, code: "unreadable", match, text: oneLine(parsed.error), doubtful: false };
  }
  const match = parsed.data;
  const { fixture, teams } = match;
  const ref = String(fixture.id);
  const reject = (code: string, text: string) => ({ ref, code, match: nameOf(match), text, doubtful: false });
  if (teams.home.name === null || teams.away.name === null) return reject("no-teams", "its teams are not known yet");
  if (String(match.league.id) !== league.codes["api-football"] || match.league.season !== firstYearOf(season)) {
    return reject("other-season", `it is of league ${match.league.id}, season ${match.league.season}`);
  }
  const { short } = fixture.status;
  const status = statuses.get(short);
  if (status === undefined) return reject("unknown-status", `status ${JSON.stringify(short)} is not documented`);
  const matchday = match.league.round ?? null;
  const result = status === "finished" ? resultOf(match, mayBeSecondLeg(matchday)) : null;
  if (isDoubt(result)) return inDoubt(ref, nameOf(match), result, "API-Football");
  return {
    ref,
    matchday,
    home: teams.home.name,
    away: teams.away.name,
    ...kickoffOf(league, fixture.date, short !== "TBD"),
    status,
    result,
  };
}

function refOf(raw: unknown): string | null {
  const parsed = z.object({ fixture: z.object({ id: z.int() }) }).safeParse(raw);
  return parsed.success ? String(parsed.data.fixture.id) : null;
}

function nameOf({ fixture, teams }: RawFixture): string {
  return `${fixture.id} ${fixture.date.slice(0, 10)} ${teams.home.name ?? "?"} v ${teams.away.name ?? "?"}`;
}
