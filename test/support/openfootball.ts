import { leagues, type League } from "../../src/sources/competitions.ts";
import type { KnownMatch } from "../../src/sources/known.ts";
import type { SourcePage } from "../../src/sources/source.ts";

/** One entry of a file, broken or not. */
export type Entry = Record<string, unknown>;

export function leagueNamed(id: string): League {
  const league = leagues.find((it) => it.id === id);
  if (league === undefined) throw new Error(`no league ${id}`);
  return league;
}

export const bundesliga = leagueNamed("bl1");

export function file(
  matches: readonly unknown[],
  name = "Deutsche Bundesliga 2025/26",
): { name: string; matches: unknown[] } {
  return { name, matches: [...matches] };
}

/** A match of that round, a week after the round before, on a Saturday. */
export function entry(round: number, team1: string, team2: string, more: Entry = {}): Entry {
  const date = new Date(Date.UTC(2025, 7, 23 + 7 * (round - 1))).toISOString().slice(0, 10);
  return { round: `Matchday ${round}`, date, time: "15:30", team1, team2, ...more };
}

const clubs = [
  "Bayern München",
  "Borussia Dortmund",
  "RB Leipzig",
  "Bayer 04 Leverkusen",
  "VfB Stuttgart",
  "SC Freiburg",
];

/** Six of a season's clubs, each against each, home and away: 30 matches in ten rounds. */
export function sixClubs(names: readonly string[] = clubs): Entry[] {
  const teams = [...names];
  const first: Entry[] = [];
  for (let round = 1; round < teams.length; round++) {
    for (let i = 0; i < teams.length / 2; i++) {
      const [a, b] = [teams[i] ?? "", teams[teams.length - 1 - i] ?? ""];
      first.push(round % 2 === 0 ? entry(round, a, b) : entry(round, b, a));
    }
    teams.splice(1, 0, teams.pop() ?? "");
  }
  const second = first.map(({ round, team1, team2 }) =>
    entry(Number(/\d+/.exec(String(round))?.[0]) + teams.length - 1, String(team2), String(team1)),
  );
  return [...first, ...second];
}

/** What a page leaves known, over what was known before. */
export function learn(known: Map<string, KnownMatch>, page: SourcePage): void {
  for (const { matchId: id, fixture } of page.observations) {
    const { matchday, status, kickoff, teams } = fixture;
    known.set(id, { id, matchday, status, kickoff: Date.parse(kickoff), home: teams.home, away: teams.away });
  }
}
