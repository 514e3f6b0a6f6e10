import { leagueOf, seasonsBetween } from "../../src/sources/competitions.ts";
import { wallClock } from "../../src/clock.ts";
import type { FootballDataMatch } from "./football-data-server.ts";

/** The Bundesliga's season at this moment, for nodes on the wall clock. */
export const presentSeason = season();

function season() {
  const league = leagueOf("football-data", "BL1");
  const now = wallClock.now();
  const name = (league === null ? undefined : seasonsBetween(league, now, now)[0]) ?? "2026-27";
  const year = Number(name.slice(0, 4));
  return { name, year, list: `BL1-${year}` };
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

/** A match to come as football-data.org tells it; `pairing` counts through the pairings of ten clubs. */
export function footballDataMatch({ number, pairing, kickoff }: { number: number; pairing: number; kickoff: number }) {
  const home = Math.floor(pairing / (clubs.length - 1)) % clubs.length;
  const away = (home + 1 + (pairing % (clubs.length - 1))) % clubs.length;
  const none = { home: null, away: null };
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
