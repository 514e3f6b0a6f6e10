import { formatOf, type League } from "./competitions.ts";
import { grouped } from "./grouped.ts";
import { matchId } from "./identity.ts";
import type { KnownMatch } from "./known.ts";
import { isNumbered, numberOf } from "./match-numbers.ts";
import type { Paired } from "./recognise.ts";
import { legOf, matchdayOf, meetingsOf } from "./rounds.ts";
import { givenWay, type KnownLeg, nearTo, stageLegs, type ToldLeg } from "./stage-legs.ts";

export interface Meeting {
  paired: Paired;
  /** From 1. */
  leg: number;
  /** Why it is none of our matches, null when it is; `sure`: it cannot be one. */
  problem: { sure: boolean; code: string; text: string } | null;
}

/**
 * Which meeting of its two clubs at this ground each match is. Numbered rounds tell it by their number; stages after the regular
 * season (play-offs) come after it: a known one, by its stage's name or within three days, keeps its leg, new ones follow by
 * date while the format has room. A match that the provider has numbered as before is the one it was, whatever its round and its date have become. Of two
 * matches that would be one, the replay stands for an abandoned, cancelled or postponed one; without such a reason
 * the one that is as known stands.
 */
export function meetingsIn(
  league: League,
  season: string,
  page: readonly Paired[],
  known: readonly KnownMatch[],
): Meeting[] {
  const knownById = new Map(known.map((match) => [match.id, match]));
  const meetings: Meeting[] = [];
  for (const pairing of grouped(page, ({ home, away }) => `${home.id} v ${away.id}`)) {
    const legs: ToldLeg[] = [];
    const idOf = (leg: number) => idIn(league, season, pairing[0] as Paired, leg);
    const ours = legsKnown((leg) => knownById.get(idOf(leg)) ?? null);
    const numbered = legsByNumber(league, season, pairing, ours);
    for (const paired of pairing) {
      const leg = numbered.get(paired) ?? regularLeg(league, season, paired, ours, pairing);
      if (typeof leg === "number") legs.push({ paired, leg });
      else if (leg !== null) meetings.push({ paired, leg: 0, problem: leg });
    }
    const unnumbered = pairing.filter((paired) => !numbered.has(paired));
    const staged = stageLegs(
      league,
      season,
      unnumbered,
      ours,
      legs.map(({ leg }) => leg),
    );
    legs.push(...staged.legs);
    meetings.push(...staged.doubts);
    for (const same of grouped(legs, ({ leg }) => `${leg}`)) {
      const leg = same[0]?.leg ?? 0;
      const told = same.map(({ paired }) => paired);
      const standing = standingOf(told, knownById.get(idOf(leg)) ?? null);
      for (const paired of told) {
        if (paired === standing) meetings.push({ paired, leg, problem: null });
        else if (standing === null || isAnother(paired, standing))
          meetings.push({ paired, leg, problem: second(idOf(leg)) });
      }
    }
  }
  return meetings;
}

function idIn(league: League, season: string, { home, away }: Paired, leg: number): string {
  return matchId({ competition: league.id, season, home: home.id, away: away.id, leg });
}

/** By the provider's own numbers, which neither of them gives anew when a match is moved or its round is renamed. */
function legsByNumber(
  league: League,
  season: string,
  pairing: readonly Paired[],
  ours: readonly KnownLeg[],
): Map<Paired, number> {
  // The common case: one meeting of a league's numbered rounds. A look-up for every match of a season is spared.
  const isPlain =
    meetingsOf(formatOf(league, season)) === 1 &&
    ours.every(({ leg }) => leg === 1) &&
    pairing.every(({ round }) => round !== null && "number" in round);
  const found = new Map<Paired, number>();
  if (isPlain) return found;
  for (const paired of pairing) {
    const known = ours.find(({ match }) => isKnownAs(match, paired));
    if (known !== undefined) found.set(paired, known.leg);
  }
  return found;
}

function isKnownAs(known: KnownMatch | null, paired: Paired): boolean {
  return isNumbered(paired) && numberOf(known) === paired.told.ref;
}

/** null for a match of a later stage. */
function regularLeg(
  league: League,
  season: string,
  paired: Paired,
  ours: readonly KnownLeg[],
  pairing: readonly Paired[],
): number | Meeting["problem"] {
  const { round, told } = paired;
  const regular = meetingsOf(formatOf(league, season));
  const near = nearTo([told.kickoff], ours);
  if (round === null) {
    if (near.length === 1) return near[0]?.leg ?? null;
    // Where a later stage is known too, it may be that one, moved.
    if (regular === 1 && ours.every(({ leg }) => leg === 1)) return anotherThan(ours[0], paired, pairing) ?? 1;
    const text = `${told.home} and ${told.away} meet here more than once a season, and no round tells which time this is`;
    return { sure: false, code: "unknown-leg", text };
  }
  if ("stage" in round) return null;
  const leg = legOf(league, season, round.number);
  // A play-off whose stage is no longer told has its own matchdays.
  if (leg !== null && near.length === 1 && ours.every((it) => it.leg !== leg)) return near[0]?.leg ?? null;
  const { rounds } = formatOf(league, season);
  const same = ours.find((it) => it.leg === leg);
  if (same !== undefined && near.length === 0 && same.match.matchday !== matchdayOf(round)) {
    const another = anotherThan(same, paired, pairing);
    if (another !== null) return another;
  }
  return (
    leg ?? {
      sure: true,
      code: "unknown-round",
      text: `${league.name} ${season} has ${rounds} rounds, not ${round.number}`,
    }
  );
}

/**
 * Why a match far from the known one, and in none or another of its rounds, is not taken for it: the provider has given the known
 * one another number, and does not tell that it gave way. null when nothing speaks against it.
 */
function anotherThan(
  known: KnownLeg | undefined,
  paired: Paired,
  pairing: readonly Paired[],
): NonNullable<Meeting["problem"]> | null {
  const number = known === undefined || !isNumbered(paired) ? null : numberOf(known.match);
  if (known === undefined || number === null || number === paired.told.ref) return null;
  // Its own row is there: which of the two stands is decided by both.
  if (givenWay.has(known.match.status) || pairing.some(({ told }) => told.ref === number)) return null;
  const text = `${known.match.id} has the number ${number} and another date, and nothing tells that it became ${paired.told.ref}`;
  return { sure: false, code: "unknown-leg", text };
}

/** Looked for in the log, which may have more of them than the format has room for. */
const legsKnownMax = 9;

function legsKnown(knownAt: (leg: number) => KnownMatch | null): KnownLeg[] {
  return Array.from({ length: legsKnownMax }, (_, i) => i + 1).flatMap((leg) => {
    const match = knownAt(leg);
    return match === null ? [] : [{ leg, match }];
  });
}

/** null when nothing tells which of several it is. */
function standingOf(told: readonly Paired[], known: KnownMatch | null): Paired | null {
  const distinct: Paired[] = [];
  for (const rows of grouped(told, ({ told: it }) => `${it.kickoff}`)) {
    const fullest = fullestOf(rows);
    if (fullest === null) return null;
    distinct.push(fullest);
  }
  if (distinct.length === 1) return distinct[0] as Paired;
  const alive = distinct.filter(({ told: it }) => !givenWay.has(it.status));
  if (alive.length === 1) return alive[0] as Paired;
  const numbered = (alive.length === 0 ? distinct : alive).filter((it) => isKnownAs(known, it));
  if (numbered.length === 1) return numbered[0] as Paired;
  const asKnown = distinct.filter(({ told: it }) => it.kickoff === known?.kickoff);
  return asKnown.length === 1 ? (asKnown[0] as Paired) : null;
}

/** Of rows for one match the one that says most; null when two that say as much do not agree. */
function fullestOf(rows: readonly Paired[]): Paired | null {
  const [first, ...others] = rows.toSorted((a, b) => (a.told.ref < b.told.ref ? -1 : 1));
  if (first === undefined) return null;
  if (others.length === 0) return first;
  const saying = (it: Paired) => (it.told.result !== null ? 2 : it.told.status !== "scheduled" ? 1 : 0);
  const most = Math.max(...rows.map(saying));
  const full = [first, ...others].filter((it) => saying(it) === most);
  const words = new Set(full.map(({ told: { status, result } }) => JSON.stringify([status, result])));
  return words.size === 1 ? (full[0] ?? null) : null;
}

/** Not merely a second row for what stands, or what it stands for. */
function isAnother({ told }: Paired, { told: standing }: Paired): boolean {
  return told.kickoff !== standing.kickoff && !givenWay.has(told.status);
}

function second(id: string): NonNullable<Meeting["problem"]> {
  return {
    sure: false,
    code: "second-meeting",
    text: `would be a second match for ${id}, and nothing tells which is right`,
  };
}
