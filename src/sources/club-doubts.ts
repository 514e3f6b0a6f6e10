import { formatOf, type League } from "./competitions.ts";
import { isListedClub, listedClubs } from "./club-names.ts";
import type { KnownMatch } from "./known.ts";
import { isNear, isPartOf } from "./near.ts";
import type { Paired } from "./recognise.ts";
import { matchdayOf, roundOf } from "./rounds.ts";

/**
 * Tells of a club id why it may be another spelling of a club that is there already, null when it is not. A club of the season is
 * beyond doubt, as is a new one of the table of clubs, while the season has room for it. Two names that meet, or play in the
 * same round, are two clubs.
 */
export function clubDoubts(
  league: League,
  season: string,
  page: readonly Paired[],
  known: readonly KnownMatch[],
): (club: string) => string | null {
  const settled = new Set(known.flatMap(({ home, away }) => [home.id, away.id]));
  const matches = countMatches(page);
  const fresh = [...matches.keys()].filter((club) => !settled.has(club)).sort();
  if (fresh.length === 0) return () => null;

  const doubts = new Map<string, string>();
  const apart = clubsApart(page);
  const listed = listedClubs(league.country);
  for (const club of fresh) {
    if (isListedClub(league.country, club)) continue;
    // A short form of a club of the table is that club, whether or not the season is known to have it.
    const near = [...new Set([...settled, ...fresh, ...listed.filter((other) => isPartOf(club, other))])]
      .filter((other) => other !== club && isNear(club, other) && !apart(club, other))
      // Of two new names the rarer one is in doubt; a club that is listed never is.
      .filter(
        (other) =>
          settled.has(other) ||
          isListedClub(league.country, other) ||
          (matches.get(other) ?? 0) >= (matches.get(club) ?? 0),
      );
    if (near.length > 0) doubts.set(club, `${club} may be ${near.join(" or ")}, and nothing tells them apart`);
  }

  const regular = regularClubs(page, known);
  const size = formatOf(league, season).clubs;
  const room = size - [...settled].filter((club) => regular.has(club)).length;
  const coming = fresh.filter((club) => regular.has(club) && !doubts.has(club));
  if (coming.length > room) {
    const ranked = coming.map((club) => matches.get(club) ?? 0).sort((a, b) => b - a);
    // As many as there is room for, by their matches; those that no such order can choose among are all in doubt.
    const least = room > 0 ? (ranked[room] ?? 0) : Number.POSITIVE_INFINITY;
    for (const club of coming) {
      if ((matches.get(club) ?? 0) <= least)
        doubts.set(club, `${club} would be one club too many: ${league.name} ${season} has ${size}`);
    }
  }
  return (club) => doubts.get(club) ?? null;
}

function countMatches(page: readonly Paired[]): Map<string, number> {
  const matches = new Map<string, number>();
  for (const { home, away } of page) for (const { id } of [home, away]) matches.set(id, (matches.get(id) ?? 0) + 1);
  return matches;
}

/**
 * Whether two clubs play in one round of the page, or each other. What is known from before is no evidence: there the one club
 * plays the rounds of the other because it may be the same.
 */
function clubsApart(page: readonly Paired[]): (a: string, b: string) => boolean {
  const rounds = new Map<string, Set<string>>();
  for (const { home, away, round } of page) {
    const matchday = matchdayOf(round);
    for (const { id } of [home, away]) {
      const of = rounds.get(id) ?? new Set();
      rounds.set(id, of.add(`${home.id} v ${away.id}`));
      if (matchday !== null) of.add(matchday);
    }
  }
  return (a, b) => {
    const others = rounds.get(b);
    return others !== undefined && [...(rounds.get(a) ?? [])].some((round) => others.has(round));
  };
}

/** Clubs with a match in a numbered round, or in none: a play-off may bring one in from elsewhere. */
function regularClubs(page: readonly Paired[], known: readonly KnownMatch[]): Set<string> {
  const regular = new Set<string>();
  for (const { home, away, round } of page) if (round === null || "number" in round) regular.add(home.id).add(away.id);
  for (const { home, away, matchday } of known) {
    const round = roundOf(matchday);
    if (round === null || "number" in round) regular.add(home.id).add(away.id);
  }
  return regular;
}
