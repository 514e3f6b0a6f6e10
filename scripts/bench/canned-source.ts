import type { Competition, LineupsAnswer, Observation, Source, SourcePage } from "../../src/sources/source.ts";

export interface CannedSource extends Source {
  /** Settles once the pipeline has asked for the fixtures: its work begins there. */
  readonly asked: Promise<void>;
}

export interface CannedOptions {
  matches: number;
  /** Kick-off of a match by its number from 0, epoch milliseconds. */
  kickoff: (match: number) => number;
}

export const competition = "bench";
export const bench: Competition = { id: competition, code: "BENCH", name: "Bench" };
export const lineups: LineupsAnswer = { available: true, home: squad("home"), away: squad("away") };

/** A provider without a network: it knows every match from the start, and ends each 1-0 as soon as its kick-off has passed. */
export function cannedSource({ matches, kickoff }: CannedOptions): CannedSource {
  let tell: () => void = () => {};
  const asked = new Promise<void>((resolve) => (tell = resolve));
  const numbers = new Map(Array.from({ length: matches }, (_, match) => [matchId(match), match]));
  const page = (observations: Observation[]): Promise<SourcePage> =>
    Promise.resolve({ observations, rejected: [], quarantined: [], budget: null, exhausted: true });

  return {
    name: "canned",
    competitions: [bench],
    firstKickoff: kickoff(0),
    asked,
    fixtures() {
      tell();
      return page([...numbers.values()].map((match) => observation(match, kickoff(match), false)));
    },
    results(_, ids) {
      return page(ids.map((id) => observation(numbers.get(id) ?? 0, kickoff(numbers.get(id) ?? 0), true)));
    },
    lineups: () => Promise.resolve(lineups),
  };
}

export function matchId(match: number): string {
  return `${competition}-2026-home${match}-away${match}`;
}

export function observation(match: number, kickoff: number, ended: boolean): Observation {
  const team = (side: string) => ({ id: `${side}${match}`, name: `${side} ${match}` });
  return {
    matchId: matchId(match),
    fixture: {
      competition,
      season: "2026",
      matchday: "1",
      teams: { home: team("home"), away: team("away") },
      kickoff: new Date(kickoff).toISOString(),
      timeAssumed: false,
      status: ended ? "finished" : "scheduled",
      source: { name: "canned", ref: String(match) },
    },
    result: ended
      ? { score: { regular: { home: 1, away: 0 }, extraTime: null, shootOut: null }, how: "regular" }
      : null,
  };
}

function squad(side: string): string[] {
  return Array.from({ length: 11 }, (_, player) => `${side} player ${player + 1}`);
}
