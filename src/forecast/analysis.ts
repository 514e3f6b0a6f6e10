import type { Analysed, FormEntry, Score, TableRow } from "../match/event.ts";
import { createElo, type EloState } from "./elo.ts";
import type { FixtureToForecast, PlayedMatch } from "./member.ts";

const formMatches = 5;
const headToHeadMatches = 6;
const dayMs = 86_400_000;

/** The part of `match.analysed` that follows from results alone. */
export type Analysis = Omit<Analysed, "round" | "asOf" | "retroactive">;

/**
 * What was known before a match, from the competition's results usable at the forecast's instant, ascending by kick-off
 * (PanelAt.usable). Ratings are Elo points, rest days are since the team's last match here (1 decimal, null without one),
 * form and head to head have the newest match first.
 */
export function analyse(
  fixture: FixtureToForecast,
  usable: readonly PlayedMatch[],
  panel: PanelGoals | null = null,
): Analysis {
  const elo = createElo();
  const trails = { home: trailOf(elo, fixture.home), away: trailOf(elo, fixture.away) };
  for (const match of usable) {
    elo.learn(match);
    trails.home.follow(match);
    trails.away.follow(match);
  }
  const { season, home, away } = fixture;
  const latest = usable.at(-1);
  return {
    inputs: { results: usable.length, latestKickoff: latest ? iso(latest.kickoff) : null },
    form: { home: formOf(home, usable), away: formOf(away, usable) },
    table: tableOf(usable.filter((match) => match.season === season)),
    ratings: { home: round(elo.rating(season, home), 1), away: round(elo.rating(season, away), 1) },
    movement: { home: trails.home.movement(season), away: trails.away.movement(season) },
    restDays: { home: restDays(fixture, home, usable), away: restDays(fixture, away, usable) },
    headToHead: newest(headToHeadMatches, usable, (match) => playedBy(match, home) && playedBy(match, away)).map(
      (match) => ({
        matchId: match.matchId,
        kickoff: iso(match.kickoff),
        home: match.home,
        away: match.away,
        score: match.score,
      }),
    ),
    expectedGoals: rounded(panel?.goals ?? elo.expectedGoals(fixture)),
    sources: {
      results: "the competition's results in the log, newest revisions",
      ratings: eloSource,
      expectedGoals: panel === null ? eloSource : `equal mean of ${panel.of} members of the panel`,
    },
  };
}

/** What the panel's own members expect, on average over `of` of them. */
export interface PanelGoals {
  goals: { home: number; away: number };
  of: number;
}

const eloSource = "Elo 1978, K 15, with home advantage and margin";

/** A team's rating after each of its matches. */
function trailOf(elo: EloState, team: string) {
  const ratings: number[] = [];
  return {
    follow(match: PlayedMatch): void {
      if (playedBy(match, team)) ratings.push(elo.rating(match.season, team));
    },
    movement(season: string): number | null {
      if (ratings.length === 0) return null;
      const before = ratings.at(-1 - formMatches) ?? 1500;
      return round(elo.rating(season, team) - before, 1);
    },
  };
}

export function formOf(team: string, matches: readonly PlayedMatch[]): FormEntry[] {
  return newest(formMatches, matches, (match) => playedBy(match, team)).map((match) => {
    const atHome = match.home === team;
    const margin = (match.score.home - match.score.away) * (atHome ? 1 : -1);
    return {
      matchId: match.matchId,
      kickoff: iso(match.kickoff),
      opponent: atHome ? match.away : match.home,
      venue: atHome ? "home" : "away",
      score: match.score,
      outcome: margin > 0 ? "win" : margin < 0 ? "loss" : "draw",
    };
  });
}

/** Three points a win; ties by goal difference, goals scored, team id. Teams that have not played are not in it. */
export function tableOf(matches: readonly PlayedMatch[]): TableRow[] {
  const rows = new Map<string, TableRow>();
  const book = (team: string, scored: number, conceded: number) => {
    const row = rows.get(team) ?? emptyRow(team);
    rows.set(team, row);
    row.played++;
    row.goalsFor += scored;
    row.goalsAgainst += conceded;
    if (scored > conceded) row.won++;
    else if (scored < conceded) row.lost++;
    else row.drawn++;
    row.points = 3 * row.won + row.drawn;
  };
  for (const { home, away, score } of matches) {
    book(home, score.home, score.away);
    book(away, score.away, score.home);
  }
  const difference = (row: TableRow) => row.goalsFor - row.goalsAgainst;
  return [...rows.values()]
    .sort(
      (a, b) =>
        b.points - a.points || difference(b) - difference(a) || b.goalsFor - a.goalsFor || (a.team < b.team ? -1 : 1),
    )
    .map((row, index) => ({ ...row, position: index + 1 }));
}

function emptyRow(team: string): TableRow {
  return { position: 0, team, played: 0, won: 0, drawn: 0, lost: 0, goalsFor: 0, goalsAgainst: 0, points: 0 };
}

function restDays(fixture: FixtureToForecast, team: string, matches: readonly PlayedMatch[]): number | null {
  const last = matches.findLast((match) => playedBy(match, team));
  return last ? round((fixture.kickoff - last.kickoff) / dayMs, 1) : null;
}

function newest(
  count: number,
  matches: readonly PlayedMatch[],
  wanted: (match: PlayedMatch) => boolean,
): PlayedMatch[] {
  const found: PlayedMatch[] = [];
  for (let index = matches.length - 1; index >= 0 && found.length < count; index--) {
    const match = matches[index];
    if (match && wanted(match)) found.push(match);
  }
  return found;
}

function playedBy(match: PlayedMatch, team: string): boolean {
  return match.home === team || match.away === team;
}

function iso(instant: number): string {
  return new Date(instant).toISOString();
}

function rounded({ home, away }: Score): Score {
  return { home: round(home, 2), away: round(away, 2) };
}

function round(value: number, decimals: number): number {
  const unit = 10 ** decimals;
  return Math.round(value * unit) / unit;
}
