import fc from "fast-check";
import { expect, test } from "vitest";
import type { Dataset } from "../../scripts/evaluate/dataset.ts";
import { roll } from "../../scripts/evaluate/roll.ts";
import { builtInPanel } from "../../src/forecast/built-in-panel.ts";
import { played } from "../forecast/support.ts";

const teams = ["a", "b", "c", "d", "e", "f"];

/** Two matches a day, three days a week; every team meets every other at home and away in each of three seasons. */
const matches = ["2013-14", "2014-15", "2015-16"].flatMap((season, year) =>
  teams
    .flatMap((home) => teams.filter((away) => away !== home).map((away) => [home, away] as const))
    .map(([home, away], index) =>
      played(home, (index * 7 + year) % 4, (index * 5 + 1) % 3, away, {
        at: year * 365 + Math.floor(index / 2) * 2 + (index % 2) / 12,
        season,
      }),
    ),
);
const dataset = (of: readonly (typeof matches)[number][]): Dataset => ({
  competition: "l",
  matches: of,
  odds: new Map(),
});
const last = (season: string) => season === "2015-16";

test("no member forecasts a match from a result of its day or later", () => {
  const honest = [...roll(builtInPanel, dataset(matches), last)];
  expect(honest).toHaveLength(30);
  fc.assert(
    fc.property(fc.nat(29), fc.integer({ min: 1, max: 9 }), (from, seed) => {
      const midnight = Math.floor((honest[from]?.match.kickoff ?? 0) / 86_400_000) * 86_400_000;
      const scrambled = matches.map((match, index) =>
        match.kickoff < midnight ? match : { ...match, score: { home: (seed * index) % 8, away: (seed + index) % 6 } },
      );
      const day = (all: readonly (typeof honest)[number][]) =>
        all
          .filter(({ match }) => match.kickoff < midnight + 86_400_000)
          .map(({ match, members, panel }) => [
            match.matchId,
            members.map((it) => [it.probabilities, it.tip]),
            panel.tip,
          ]);
      expect(day([...roll(builtInPanel, dataset(scrambled), last)])).toStrictEqual(day(honest));
    }),
    { numRuns: 8 },
  );
});

test("but every member does learn from the day before", () => {
  const [first] = [...roll(builtInPanel, dataset(matches), last)];
  const changed = matches.map((match) =>
    match.season === "2014-15" && match.home === first?.match.home ? { ...match, score: { home: 7, away: 0 } } : match,
  );
  const [other] = [...roll(builtInPanel, dataset(changed), last)];
  builtInPanel.forEach(({ name }, index) => {
    expect(other?.members[index]?.probabilities, name).not.toEqual(first?.members[index]?.probabilities);
  });
});

test("the panel's forecast is the equal mean of its members'", () => {
  const [first] = [...roll(builtInPanel, dataset(matches), last)];
  const mean = (first?.members ?? []).reduce((sum, { probabilities }) => sum + probabilities.home / 42, 0);
  expect(first?.panel.probabilities.home).toBeCloseTo(mean, 12);
});
