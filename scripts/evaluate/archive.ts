import { archiveRows } from "../../src/sources/archive-file.ts";
import { archiveCompetitions } from "../../src/sources/archive-rows.ts";
import type { Dataset } from "./dataset.ts";

/** The five leagues of the built-in archive, 2013/14 to 2016/17. */
export function readArchive(): Dataset[] {
  return archiveCompetitions.map(({ id }) => ({
    competition: id,
    odds: new Map(),
    matches: archiveRows()
      .matches.filter((match) => match.competition === id)
      .map(({ id: match, competition, season, kickoff, teams, score }) => ({
        matchId: match,
        competition,
        season,
        kickoff,
        home: teams.home.id,
        away: teams.away.id,
        score,
      }))
      .sort((a, b) => a.kickoff - b.kickoff || (a.matchId < b.matchId ? -1 : 1)),
  }));
}
