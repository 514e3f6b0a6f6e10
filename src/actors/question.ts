import type { FixtureToForecast } from "../forecast/member.ts";
import type { Background, Question } from "../forecast/models.ts";
import type { EventLog } from "../events/log.ts";
import type { MatchEventType, Recorded } from "../match/event.ts";
import type { Fixture, Match } from "../match/match.ts";

export function fixtureToForecast(matchId: string, fixture: Fixture): FixtureToForecast {
  const { competition, season, kickoff, teams } = fixture;
  return { matchId, competition, season, kickoff, home: teams.home.id, away: teams.away.id };
}

/** What the models of a panel are asked about a match. The state of a match is small because it leaves analyses in the log. */
export function questionOf(match: Match, fixture: Fixture, log: EventLog): Question {
  const { analysis } = match;
  if (analysis === null) throw new Error(`${match.id} is to be predicted without an analysis`);
  const { home, away } = fixture.teams;
  let background: Promise<Background> | null = null;
  return {
    fixture: fixtureToForecast(match.id, fixture),
    asOf: analysis.asOf,
    names: { home: home.name, away: away.name },
    background: () => (background ??= read(log, analysis, match.stages.lineups.done)),
  };
}

interface Fact {
  id: string;
  sequence: number;
}

async function read(log: EventLog, analysis: Fact, lineups: Fact | null): Promise<Background> {
  const [analysed, stated] = await Promise.all([
    readFact(log, "match.analysed", analysis),
    lineups === null ? null : readFact(log, "match.lineups", lineups),
  ]);
  return { analysis: analysed.data, lineups: stated?.data ?? null };
}

async function readFact<T extends MatchEventType>(
  log: EventLog,
  type: T,
  { id, sequence }: Fact,
): Promise<Recorded<T>> {
  const event = (await log.read(sequence))?.event ?? null;
  if (event?.type !== type || event.id !== id) throw new Error(`there is no ${type} ${id} at ${sequence}`);
  return event as Recorded<T>;
}
