import type { LineupsAnswer, Observation, Source, SourcePage } from "../../../src/sources/source.ts";

/** Matches that a provider begins to show: `first`, `first + 1`, ... */
export interface Offer {
  first: number;
  count: number;
  /** Of the first one, epoch milliseconds. */
  kickoff: number;
  /** From each kick-off to the next, milliseconds. */
  apartMs: number;
}

/** A provider without a network that shows what it was told to, and ends each match 1-0 once its kick-off has passed. */
export interface OfferedSource extends Source {
  offer(offer: Offer): void;
}

export const competition = "bench";

const lineups: LineupsAnswer = { available: true, home: squad("home"), away: squad("away") };

export function offeredSource(): OfferedSource {
  const offers: Offer[] = [];
  const page = (observations: Observation[]): Promise<SourcePage> =>
    Promise.resolve({ observations, rejected: [], quarantined: [], budget: null, exhausted: false });

  return {
    name: "offered",
    competitions: [{ id: competition, code: "BENCH", name: "Bench" }],
    firstKickoff: null,
    offer: (offer) => void offers.push(offer),
    fixtures: (_, __, now) =>
      page(
        offers.flatMap((offer) => matchesOf(offer).flatMap((it) => (it.kickoff > now ? [observation(it, false)] : []))),
      ),
    results(_, ids, now) {
      const asked = new Set(ids);
      const ended = offers.flatMap((offer) =>
        matchesOf(offer).filter(({ id, kickoff }) => kickoff <= now && asked.has(id)),
      );
      return page(ended.map((it) => observation(it, true)));
    },
    lineups: () => Promise.resolve(lineups),
  };
}

export interface OfferedMatch {
  id: string;
  number: number;
  kickoff: number;
}

export function matchesOf({ first, count, kickoff, apartMs }: Offer): OfferedMatch[] {
  return Array.from({ length: count }, (_, i) => ({
    id: `${competition}-2026-home${first + i}-away${first + i}`,
    number: first + i,
    kickoff: kickoff + i * apartMs,
  }));
}

export function observation({ id, number, kickoff }: OfferedMatch, ended: boolean): Observation {
  const team = (side: string) => ({ id: `${side}${number}`, name: `${side} ${number}` });
  return {
    matchId: id,
    fixture: {
      competition,
      season: "2026",
      matchday: "1",
      teams: { home: team("home"), away: team("away") },
      kickoff: new Date(kickoff).toISOString(),
      timeAssumed: false,
      status: ended ? "finished" : "scheduled",
      source: { name: "offered", ref: String(number) },
    },
    result: ended
      ? { score: { regular: { home: 1, away: 0 }, extraTime: null, shootOut: null }, how: "regular" }
      : null,
  };
}

function squad(side: string): string[] {
  return Array.from({ length: 11 }, (_, player) => `${side} player ${player + 1}`);
}
