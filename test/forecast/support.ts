import fc from "fast-check";
import type { FixtureToForecast, PlayedMatch } from "../../src/forecast/member.ts";

export const hour = 3_600_000;
export const day = 24 * hour;
const origin = Date.parse("2015-08-08T15:00:00Z");

/** `played("a", 2, 1, "b")` on day 0 of season one; the id is made unique by day and teams. */
export function played(
  home: string,
  homeGoals: number,
  awayGoals: number,
  away: string,
  { at = 0, season = "one" } = {},
): PlayedMatch {
  return { ...fixture(home, away, { at, season }), score: { home: homeGoals, away: awayGoals } };
}

export function fixture(home: string, away: string, { at = 0, season = "one" } = {}): FixtureToForecast {
  return {
    matchId: `l-${season}-${home}-${away}-${at}`,
    competition: "l",
    season,
    kickoff: origin + at * day,
    home,
    away,
  };
}

const teams = ["a", "b", "c", "d", "e", "f", "g"];

/** Any history a store may hold: seasons of odd sizes that may overlap, same-time matches, absurd scores, teams that come and go. */
export const histories = fc
  .array(
    fc.record({
      pair: fc.uniqueArray(fc.constantFrom(...teams), { minLength: 2, maxLength: 2 }),
      at: fc.oneof(fc.integer({ min: 0, max: 800 }), fc.double({ min: 0, max: 400, noNaN: true })),
      season: fc.constantFrom("one", "two", "three"),
      home: goals(),
      away: goals(),
    }),
    { maxLength: 60 },
  )
  .map((rows) =>
    inOrder(
      rows.map(({ pair, at, season, home, away }, index) => {
        const match = played(pair[0] ?? "", home, away, pair[1] ?? "", { at: Math.round(at * 24) / 24, season });
        return { ...match, matchId: `${match.matchId}-${index}`, kickoff: Math.round(match.kickoff) };
      }),
    ),
  );

function goals() {
  return fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 5 }) }, { weight: 1, arbitrary: fc.nat(60) });
}

export const fixtures = fc
  .record({
    pair: fc.uniqueArray(fc.constantFrom(...teams, "new", "newer"), { minLength: 2, maxLength: 2 }),
    at: fc.integer({ min: 1, max: 900 }),
    season: fc.constantFrom("one", "two", "three", "four"),
  })
  .map(({ pair, at, season }) => fixture(pair[0] ?? "", pair[1] ?? "", { at, season }));

export function inOrder(matches: PlayedMatch[]): PlayedMatch[] {
  return matches.toSorted((a, b) => a.kickoff - b.kickoff || (a.matchId < b.matchId ? -1 : 1));
}
