import { begunBy } from "../match/played.ts";
import type { PlayedMatch } from "./member.ts";

export interface ResultStore {
  /**
   * The competition's finished matches that had begun by `until` (epoch ms) in their newest revision, ascending by
   * (`begunBy`, match id). Cheap where the same array comes back while nothing has changed, but it need not.
   */
  results(competition: string, until: number): readonly PlayedMatch[];
}

/**
 * Reads usable results so that an unchanged match is the same object every time: what a state was taught then compares by
 * identity. A store that breaks its promise (order, `until`, competition) would give forecasts from the future: it throws.
 */
export function resultReader() {
  const known = new Map<string, readonly PlayedMatch[]>();
  return (competition: string, until: number, store: ResultStore): readonly PlayedMatch[] => {
    const results = store.results(competition, until);
    const before = known.get(competition) ?? [];
    const usable: PlayedMatch[] = [];
    let changed = false;
    let last: PlayedMatch | undefined;
    for (const match of results) {
      if (match.competition !== competition || !(begunBy(match) <= until) || (last && !inOrder(last, match))) {
        throw new Error(
          `results of ${competition} until ${until}: ${match.matchId} at ${match.kickoff} is out of place`,
        );
      }
      if (!isGoals(match.score.home) || !isGoals(match.score.away)) {
        throw new Error(
          `${match.matchId}: ${match.score.home}-${match.score.away} is no score; correct it at its source`,
        );
      }
      last = match;
      const old = before[usable.length];
      const same = old !== undefined && isSame(old, match);
      changed ||= !same;
      usable.push(same ? old : match);
    }
    // A shorter list (an earlier instant) says nothing against the matches after it.
    if (changed) known.set(competition, usable);
    return usable;
  };
}

/** One null or NaN would stay in every later rating. */
function isGoals(goals: number): boolean {
  return Number.isInteger(goals) && goals >= 0;
}

function inOrder(a: PlayedMatch, b: PlayedMatch): boolean {
  return begunBy(a) < begunBy(b) || (begunBy(a) === begunBy(b) && a.matchId < b.matchId);
}

function isSame(a: PlayedMatch, b: PlayedMatch): boolean {
  return (
    a === b ||
    (a.matchId === b.matchId &&
      a.kickoff === b.kickoff &&
      a.begunBy === b.begunBy &&
      a.season === b.season &&
      a.home === b.home &&
      a.away === b.away &&
      a.score.home === b.score.home &&
      a.score.away === b.score.away)
  );
}
