import type { FixtureToForecast } from "../forecast/member.ts";
import type { Fixture } from "../match/match.ts";

export function fixtureToForecast(matchId: string, fixture: Fixture): FixtureToForecast {
  const { competition, season, kickoff, teams } = fixture;
  return { matchId, competition, season, kickoff, home: teams.home.id, away: teams.away.id };
}
