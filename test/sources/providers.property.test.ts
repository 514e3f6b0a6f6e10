import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readFixture } from "../../src/sources/api-football-fixture.ts";
import { leagueOf } from "../../src/sources/competitions.ts";
import { readMatch } from "../../src/sources/football-data-match.ts";
import { nothingKnown } from "../../src/sources/known.ts";
import { readEach } from "../../src/sources/live.ts";
import { recognise } from "../../src/sources/recognise.ts";
import { envelope } from "../support/provider-server.ts";

const league = leagueOf("football-data", "BL1");
if (league === null) throw new Error("no BL1");
const season = "2025-26";

const providers = [
  ["football-data", (envelope("football-data", "BL1-2025") as { matches: unknown[] }).matches, readMatch],
  ["api-football", (envelope("api-football", "fixtures-78-2025") as { response: unknown[] }).response, readFixture],
] as const;

/** What stands at some path of a document instead of what was there. */
const nonsense = fc.oneof(
  fc.constantFrom(
    null,
    undefined,
    "",
    "0",
    0,
    -1,
    1e21,
    0.5,
    Number.NaN,
    [],
    {},
    true,
    "2025-02-30",
    "9999-12-31T23:59:59Z",
  ),
  fc.jsonValue({ maxDepth: 2 }),
  fc.string({ unit: "binary", maxLength: 40 }),
);

/** A copy with a few places overwritten or taken out. Numbers choose the places, so that a failure shrinks. */
function mutated(document: unknown, changes: readonly { at: number; to: unknown; drop: boolean }[]): unknown {
  const copy = structuredClone(document);
  for (const { at, to, drop } of changes) {
    const places = placesIn(copy);
    const place = places[at % Math.max(1, places.length)];
    if (place === undefined) return to;
    if (drop) delete place.parent[place.key];
    else place.parent[place.key] = to;
  }
  return copy;
}

function placesIn(value: unknown, places: { parent: Record<string, unknown>; key: string }[] = []) {
  if (typeof value !== "object" || value === null) return places;
  const parent = value as Record<string, unknown>;
  for (const key of Object.keys(parent)) {
    places.push({ parent, key });
    placesIn(parent[key], places);
  }
  return places;
}

const changes = fc.array(fc.record({ at: fc.nat(500), to: nonsense, drop: fc.boolean() }), {
  minLength: 1,
  maxLength: 4,
});

describe.each(providers)("%s", (name, documents, read) => {
  const parse = (list: readonly unknown[]) => readEach(list, (raw) => read(raw, league, season));

  test("50,000 mutated documents: each is a match or a remark, and nothing throws", { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(fc.nat(documents.length - 1), changes, (n, how) => {
        const { told, refused } = parse([mutated(documents[n], how)]);
        expect(told.length + refused.length).toBe(1);
        const page = recognise(name, league, season, told, nothingKnown);
        for (const { matchId, fixture, result } of page.observations) {
          expect(matchId).toMatch(/^bl1-2025-26-[a-z0-9-]+$/);
          expect(Date.parse(fixture.kickoff)).not.toBeNaN();
          for (const goals of Object.values(result?.score.regular ?? {}))
            expect(Number.isInteger(goals) && goals >= 0 && goals <= 36).toBe(true);
        }
      }),
      { numRuns: 50_000 },
    );
  });

  test("the order of a list and repetitions in it change nothing", () => {
    const once = JSON.stringify(recognised(parse(documents).told));
    fc.assert(
      fc.property(fc.shuffledSubarray([...documents, ...documents], { minLength: 2 * documents.length }), (list) => {
        expect(JSON.stringify(recognised(parse(list).told))).toBe(once);
      }),
      { numRuns: 200 },
    );
  });

  function recognised(told: ReturnType<typeof parse>["told"]) {
    const { observations } = recognise(name, league ?? never(), season, told, nothingKnown);
    const byId = new Map(observations.map((it) => [it.matchId, it]));
    return [...byId].sort(([a], [b]) => (a < b ? -1 : 1));
  }
});

function never(): never {
  throw new Error("no BL1");
}
