import { datesOf, type League } from "./competitions.ts";
import type { KnownMatch } from "./known.ts";
import { roundOf } from "./rounds.ts";

export interface Dated {
  /** As the source calls it. */
  round: string | null;
  /** Epoch milliseconds. */
  kickoff: number;
}

const dayMs = 24 * 60 * 60 * 1000;
/** A match was brought forward by 52 days and postponed by 129 at most in the seasons we have; a wrong year is off by 365. */
const earlyMaxMs = 120 * dayMs;
const lateMaxMs = 240 * dayMs;

/**
 * Tells of a match why its date cannot be, null when it can: outside the season, or out of the order of its rounds. The order
 * is that of most matches, so a whole month in the wrong year, as in a real file, does not outvote the others.
 */
export function dateCheck(
  league: League,
  season: string,
  dated: readonly Dated[],
  known: readonly KnownMatch[],
): (match: Dated) => string | null {
  const dates = datesOf(league, season);
  const first = Date.parse(dates.first);
  const end = Date.parse(dates.last) + dayMs;
  const isWithin = ({ kickoff }: Dated) => kickoff >= first && kickoff < end;
  const chain = longestInOrder(
    roundDates([...dated, ...known.map(({ matchday, kickoff }) => ({ round: matchday, kickoff }))].filter(isWithin)),
  );
  return (match) => {
    if (!isWithin(match)) return `the season ${season} is played from ${dates.first} to ${dates.last}`;
    const round = numberOf(match);
    if (round === null) return null;
    const before = chain.findLast((it) => it.round <= round);
    if (before !== undefined && match.kickoff < before.at - earlyMaxMs)
      return `round ${before.round} is played around ${day(before.at)}`;
    const after = chain.find((it) => it.round >= round);
    if (after !== undefined && match.kickoff > after.at + lateMaxMs)
      return `round ${after.round} is played around ${day(after.at)}`;
    return null;
  };
}

interface RoundDate {
  round: number;
  /** The median of its kick-offs. */
  at: number;
  matches: number;
}

function roundDates(dated: readonly Dated[]): RoundDate[] {
  const rounds = new Map<number, number[]>();
  for (const match of dated) {
    const round = numberOf(match);
    if (round === null) continue;
    const kickoffs = rounds.get(round);
    if (kickoffs === undefined) rounds.set(round, [match.kickoff]);
    else kickoffs.push(match.kickoff);
  }
  return [...rounds]
    .sort(([a], [b]) => a - b)
    .map(([round, kickoffs]) => {
      const sorted = kickoffs.sort((a, b) => a - b);
      return { round, at: sorted[sorted.length >> 1] ?? 0, matches: sorted.length };
    });
}

/** The rounds that follow each other in time and have most matches. */
function longestInOrder(rounds: readonly RoundDate[]): RoundDate[] {
  const best: { weight: number; previous: number }[] = [];
  let last = -1;
  for (const [i, { at, matches }] of rounds.entries()) {
    let [weight, previous] = [0, -1];
    for (let j = 0; j < i; j++) {
      const before = best[j]?.weight ?? 0;
      if ((rounds[j]?.at ?? 0) <= at && before > weight) [weight, previous] = [before, j];
    }
    best.push({ weight: weight + matches, previous });
    if (weight + matches > (best[last]?.weight ?? 0)) last = i;
  }
  const chain: RoundDate[] = [];
  for (let i = last; i >= 0; i = best[i]?.previous ?? -1) {
    const round = rounds[i];
    if (round !== undefined) chain.unshift(round);
  }
  return chain;
}

function numberOf({ round }: Dated): number | null {
  const read = roundOf(round);
  return read !== null && "number" in read ? read.number : null;
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
