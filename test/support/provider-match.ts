import { leagueOf, seasonsBetween } from "../../src/sources/competitions.ts";
import { wallClock } from "../../src/clock.ts";
import type { ApiFootballFixture } from "./api-football-server.ts";
import type { FootballDataMatch } from "./football-data-server.ts";

/** The Bundesliga's season at this moment, for nodes on the wall clock. */
export const presentSeason = season();

function season() {
  const league = leagueOf("football-data", "BL1");
  const now = wallClock.now();
  const name = (league === null ? undefined : seasonsBetween(league, now, now)[0]) ?? "2026-27";
  const year = Number(name.slice(0, 4));
  return { name, year, footballData: `BL1-${year}`, apiFootball: `78-${year}` };
}

const clubs = [
  "FC Bayern München",
  "Borussia Dortmund",
  "Bayer 04 Leverkusen",
  "RB Leipzig",
  "Eintracht Frankfurt",
  "VfB Stuttgart",
  "SC Freiburg",
  "1. FSV Mainz 05",
  "SV Werder Bremen",
  "VfL Wolfsburg",
];

interface ToCome {
  number: number;
  /** Counts through the pairings of ten clubs. */
  pairing: number;
  /** Epoch milliseconds; whole seconds of it are told. */
  kickoff: number;
}

const none = { home: null, away: null };

function sidesOf(pairing: number): [home: number, away: number] {
  const home = Math.floor(pairing / (clubs.length - 1)) % clubs.length;
  return [home, (home + 1 + (pairing % (clubs.length - 1))) % clubs.length];
}

/** A match to come as football-data.org tells it. */
export function footballDataMatch({ number, pairing, kickoff }: ToCome) {
  const [home, away] = sidesOf(pairing);
  return {
    id: number,
    utcDate: `${new Date(kickoff).toISOString().slice(0, 19)}Z`,
    status: "TIMED",
    matchday: null,
    stage: "REGULAR_SEASON",
    season: { id: 1, startDate: `${presentSeason.year}-08-22`, endDate: `${presentSeason.year + 1}-05-16` },
    homeTeam: { id: home, name: clubs[home] ?? "" },
    awayTeam: { id: away, name: clubs[away] ?? "" },
    score: { winner: null, duration: "REGULAR", fullTime: none, halfTime: none },
  } satisfies FootballDataMatch;
}

/** A match to come as API-Football tells it. */
export function apiFootballFixture({ number, pairing, kickoff }: ToCome) {
  const [home, away] = sidesOf(pairing);
  return {
    fixture: {
      id: number,
      timezone: "UTC",
      date: `${new Date(kickoff).toISOString().slice(0, 19)}+00:00`,
      status: { short: "NS" },
    },
    league: { id: 78, name: "Bundesliga", season: presentSeason.year, round: null },
    teams: { home: { id: home, name: clubs[home] ?? "" }, away: { id: away, name: clubs[away] ?? "" } },
    goals: none,
    score: { halftime: none, fulltime: none, extratime: none, penalty: none },
  } satisfies ApiFootballFixture;
}

/** Line-ups of that match. */
export function apiFootballLineups({ teams }: ReturnType<typeof apiFootballFixture>): unknown[] {
  return [teams.home, teams.away].map((team) => ({
    team,
    startXI: Array.from({ length: 11 }, (_, i) => ({ player: { id: i, name: `${team.name} ${i + 1}` } })),
  }));
}
