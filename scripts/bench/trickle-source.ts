import type { Source } from "../../src/sources/source.ts";
import { cannedSource } from "./canned-source.ts";

export interface TrickleOptions {
  matches: number;
  /** When a match becomes known, by its number from 0; kick-offs follow in the same order. Epoch milliseconds. */
  knownAt: (match: number) => number;
  kickoff: (match: number) => number;
}

/** A provider that tells each match once, as soon as it is known, and its result once it has kicked off. */
export function trickleSource({ matches, knownAt, kickoff }: TrickleOptions): Source {
  const all = cannedSource({ matches, kickoff });
  let told = 0;
  return {
    ...all,
    async fixtures(competition, window, now, signal) {
      const page = await all.fixtures(competition, window, now, signal);
      const from = told;
      while (told < matches && knownAt(told) <= now) told++;
      return { ...page, observations: page.observations.slice(from, told), exhausted: told === matches };
    },
  };
}
