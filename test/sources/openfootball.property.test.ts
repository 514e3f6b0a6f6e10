import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { KnownMatch } from "../../src/sources/known.ts";
import { seasonPage } from "../../src/sources/openfootball.ts";
import { SourceError } from "../../src/sources/source.ts";
import { bundesliga, type Entry, file, learn, sixClubs } from "../support/openfootball.ts";
import { sharedFootball } from "../support/shared-data.ts";

const season = "2025-26";
const now = Date.parse("2025-10-01T00:00:00Z");

/** What polling these versions of one file, one after the other, comes to. */
function polled(versions: readonly (readonly unknown[])[], at = now): Map<string, KnownMatch> {
  const known = new Map<string, KnownMatch>();
  for (const matches of versions) {
    const page = seasonPage(bundesliga, season, file(matches), at, { matches: () => [...known.values()] });
    const ids = page.observations.map(({ matchId }) => matchId);
    expect(new Set(ids).size, "one observation a match").toBe(ids.length);
    learn(known, page);
  }
  return known;
}

/** Five clubs in the other spelling, some matches moved, those before a day ended. */
function later(matches: readonly Entry[], ended: string): Entry[] {
  const spelled = new Map([
    ["Bayern München", "FC Bayern München"],
    ["Bayer 04 Leverkusen", "Bayer Leverkusen"],
  ]);
  return matches.map((it, i) => ({
    ...it,
    team1: spelled.get(String(it.team1)) ?? it.team1,
    team2: spelled.get(String(it.team2)) ?? it.team2,
    ...(i % 7 === 3 ? { time: "18:30" } : {}),
    ...(String(it.date) < ended ? { score: { ft: [i % 4, i % 3] } } : {}),
  }));
}

const first = sixClubs();
const versions = [first, later(first, "2025-09-10"), later(first, "2025-09-30")];
const ids = [...polled([first]).keys()].sort();

describe("whatever is polled in whatever order", () => {
  const truncated = fc
    .constantFrom(...versions)
    .chain((matches) => fc.oneof(fc.constant(matches), fc.subarray(matches)));
  const duplicated = fc
    .tuple(truncated, fc.array(fc.nat(29), { maxLength: 5 }))
    .map(([matches, more]) => [...matches, ...more.flatMap((at) => matches[at] ?? [])]);
  const shuffled = duplicated.chain((matches) => fc.shuffledSubarray(matches, { minLength: matches.length }));

  test("the same matches come of it", () => {
    fc.assert(
      fc.property(fc.array(shuffled, { maxLength: 6 }), fc.constantFrom(...versions), (polls, last) => {
        const known = polled([...polls, last]);
        expect([...known.keys()].sort()).toEqual(ids);
      }),
      { numRuns: 200 },
    );
  });

  test("and with the last poll the same dates and ends as of that poll alone", () => {
    const [, , last = []] = versions;
    const alone = polled([last]);
    fc.assert(
      fc.property(fc.array(shuffled, { maxLength: 6 }), (polls) => {
        const known = polled([...polls, last]);
        for (const [id, match] of alone) expect(known.get(id)).toEqual(match);
      }),
      { numRuns: 200 },
    );
  });

  test("the order of a page means nothing", () => {
    const page = (matches: readonly unknown[]) =>
      seasonPage(bundesliga, season, file(matches), now, { matches: () => [] }).observations;
    const sorted = (matches: readonly unknown[]) => page(matches).toSorted((a, b) => (a.matchId < b.matchId ? -1 : 1));
    const [, middle = []] = versions;
    fc.assert(
      fc.property(fc.shuffledSubarray(middle, { minLength: middle.length }), (matches) => {
        expect(sorted(matches)).toEqual(sorted(middle));
      }),
      { numRuns: 100 },
    );
  });

  test.skipIf(sharedFootball === null)("so of the real snapshots", () => {
    const dir = join(sharedFootball ?? "", "2025-26-snapshots");
    const real = readdirSync(dir)
      .sort()
      .map((name) => (JSON.parse(readFileSync(join(dir, name), "utf8")) as { matches: Entry[] }).matches);
    const end = Date.parse("2026-03-14T00:00:00Z");
    const all = [...polled([real[0] ?? []], end).keys()].sort();
    expect(all).toHaveLength(306);
    const some = fc
      .tuple(fc.constantFrom(...real), fc.nat(305), fc.nat(305))
      .map(([matches, a, b]) => matches.slice(Math.min(a, b), Math.max(a, b)));
    fc.assert(
      fc.property(fc.array(some, { maxLength: 3 }), fc.constantFrom(...real), (polls, last) => {
        expect([...polled([...polls, last], end).keys()].sort()).toEqual(all);
      }),
      { numRuns: 20 },
    );
  });
});

/** `npm test` takes a sample; FULLTIME_TEST_MUTANTS=100000 is the whole of it. */
const mutants = Number(process.env.FULLTIME_TEST_MUTANTS ?? 2000);

const odd = fc.oneof(
  fc.constantFrom(
    null,
    "",
    " ",
    -1,
    1e308,
    true,
    [],
    {},
    "__proto__",
    "24:00",
    "2025-02-30",
    "0000-00-00",
    "Matchday 0",
  ),
  fc.constantFrom(
    "postponed",
    "AWARDED",
    "unheard of",
    "FC",
    "1. FC",
    "Bayern",
    "Bayern Muenchen",
    "Матч",
    "\u0000",
    "ﬃ",
    "🏟️",
  ),
  fc.string({ maxLength: 200, unit: "binary" }),
  fc.integer(),
  fc.jsonValue({ maxDepth: 2 }),
);
const field = fc.constantFrom("round", "date", "time", "team1", "team2", "score", "status", "extra");
const goals = fc.array(fc.oneof(fc.integer({ min: -2, max: 120 }), odd), { maxLength: 3 });
const scores = fc.dictionary(fc.constantFrom("ht", "ft", "et", "p"), goals);
type Mutation = (matches: unknown[]) => unknown[];
const at = fc.nat(29);
const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(at, field, odd).map(
    ([i, name, value]): Mutation =>
      (all) =>
        all.with(i % all.length, { ...(all[i % all.length] as Entry), [name]: value }),
  ),
  fc.tuple(at, scores).map(
    ([i, score]): Mutation =>
      (all) =>
        all.with(i % all.length, { ...(all[i % all.length] as Entry), score }),
  ),
  fc.tuple(at, field).map(
    ([i, name]): Mutation =>
      (all) =>
        all.with(i % all.length, { ...(all[i % all.length] as Entry), [name]: undefined }),
  ),
  fc.tuple(at, at, field).map(
    ([i, j, name]): Mutation =>
      (all) =>
        all.with(i % all.length, {
          ...(all[i % all.length] as Entry),
          [name]: (all[j % all.length] as Entry | null)?.[name],
        }),
  ),
  fc.tuple(at, odd).map(
    ([i, value]): Mutation =>
      (all) =>
        all.with(i % all.length, value),
  ),
  fc.tuple(at, at).map(
    ([i, j]): Mutation =>
      (all) => [...all, all[i % all.length], { ...(all[j % all.length] as Entry), date: "2026-03-03" }],
  ),
  fc.nat(28).map(
    (n): Mutation =>
      (all) =>
        all.slice(0, Math.max(1, all.length - n)),
  ),
);
const document = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .array(mutation, { minLength: 1, maxLength: 6 })
      .map((all) => file(all.reduce<unknown[]>((matches, mutate) => mutate(matches), first))) as fc.Arbitrary<unknown>,
  },
  { weight: 1, arbitrary: odd },
);

test(`${mutants} mutated files: what is thrown is typed, and what is told could go into the log`, {
  timeout: 600_000,
}, () => {
  const before = [...polled([first]).values()];
  fc.assert(
    fc.property(document, fc.boolean(), (json, isKnown) => {
      try {
        const page = seasonPage(bundesliga, season, json, now, { matches: () => (isKnown ? before : []) });
        const told = page.observations.map(({ matchId }) => matchId);
        expect(new Set(told).size).toBe(told.length);
        for (const { matchId, fixture } of page.observations) {
          expect(matchId).toMatch(/^bl1-2025-26-[a-z0-9-]{1,130}$/);
          expect(new Date(fixture.kickoff).toISOString()).toBe(fixture.kickoff);
          expect(fixture.teams.home.id).not.toBe(fixture.teams.away.id);
        }
        const remarks = [...page.rejected, ...page.quarantined];
        for (const { match, text } of remarks) expect(Math.max(match.length, text.length)).toBeLessThanOrEqual(300);
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
      }
    }),
    { numRuns: mutants },
  );
});
