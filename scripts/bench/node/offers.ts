import type { Observation, Source, SourcePage } from "../../../src/sources/source.ts";
import { bench, lineups, matchId, observation } from "../canned-source.ts";

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

export function offeredSource(): OfferedSource {
  const offers: Offer[] = [];
  const page = (observations: Observation[]): Promise<SourcePage> =>
    Promise.resolve({ observations, rejected: [], quarantined: [], budget: null, exhausted: false });

  return {
    name: "canned",
    competitions: [bench],
    firstKickoff: null,
    offer: (offer) => void offers.push(offer),
    fixtures: (_, __, now) =>
      page(
        offers.flatMap((offer) =>
          matchesOf(offer).flatMap((it) => (it.kickoff > now ? [observation(it.number, it.kickoff, false)] : [])),
        ),
      ),
    results(_, ids, now) {
      const asked = new Set(ids);
      const ended = offers.flatMap((offer) =>
        matchesOf(offer).filter(({ id, kickoff }) => kickoff <= now && asked.has(id)),
      );
      return page(ended.map((it) => observation(it.number, it.kickoff, true)));
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
    id: matchId(first + i),
    number: first + i,
    kickoff: kickoff + i * apartMs,
  }));
}
