import { formatOf, type League } from "./competitions.ts";
import { matchId } from "./identity.ts";
import type { KnownMatch } from "./known.ts";
import type { Paired } from "./recognise.ts";
import { legOf, matchdayOf, meetingsOf } from "./rounds.ts";

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
 * date. A match that the provider has numbered as before is the one it was, whatever its round and its date have become. Of two
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
    const legs: { paired: Paired; leg: number }[] = [];
    const idOf = (leg: number) => idIn(league, season, pairing[0] as Paired, leg);
    const ours = legsKnown((leg) => knownById.get(idOf(leg)) ?? null);
    const numbered = legsByNumber(league, season, pairing, ours);
    for (const paired of pairing) {
      const leg = numbered.get(paired) ?? regularLeg(league, season, paired, ours);
      if (typeof leg === "number") legs.push({ paired, leg });
      else if (leg !== null) meetings.push({ paired, leg: 0, problem: leg });
    }
    const unnumbered = pairing.filter((paired) => !numbered.has(paired));
    const staged = stageLegs(league, season, unnumbered, ours);
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
    const known = ours.find(({ match }) => isNumbered(match, paired));
    if (known !== undefined) found.set(paired, known.leg);
  }
  return found;
}

function isNumbered(known: KnownMatch | null, { told }: Paired): boolean {
  return /^\d+$/.test(told.ref) && known?.source?.()?.ref === told.ref;
}

/** null for a match of a later stage. */
function regularLeg(
  league: League,
  season: string,
  { round, told }: Paired,
  ours: readonly KnownLeg[],
): number | Meeting["problem"] {
  const regular = meetingsOf(formatOf(league, season));
  const near = nearTo([told.kickoff], ours);
  if (round === null) {
    if (near.length === 1) return near[0]?.leg ?? null;
    // Where a later stage is known too, it may be that one, moved.
    if (regular === 1 && ours.every(({ leg }) => leg === 1)) return 1;
    const text = `${told.home} and ${told.away} meet here more than once a season, and no round tells which time this is`;
    return { sure: false, code: "unknown-leg", text };
  }
  if ("stage" in round) return null;
  const leg = legOf(league, season, round.number);
  // A play-off whose stage is no longer told has its own matchdays.
  if (leg !== null && near.length === 1 && ours.every((it) => it.leg !== leg)) return near[0]?.leg ?? null;
  const { rounds } = formatOf(league, season);
  return (
    leg ?? {
      sure: true,
      code: "unknown-round",
      text: `${league.name} ${season} has ${rounds} rounds, not ${round.number}`,
    }
  );
}

/** The legs a pairing may have: more would be a broken page. */
const legsMax = 9;

/** No two clubs meet again at one ground sooner: what is shown within it is the known match, whatever its label. */
const nearMs = 3 * 24 * 60 * 60_000;

/** A meeting of a pairing that the log has. */
interface KnownLeg {
  leg: number;
  match: KnownMatch;
}

function legsKnown(knownAt: (leg: number) => KnownMatch | null): KnownLeg[] {
  return Array.from({ length: legsMax }, (_, i) => i + 1).flatMap((leg) => {
    const match = knownAt(leg);
    return match === null ? [] : [{ leg, match }];
  });
}

function nearTo(kickoffs: readonly number[], ours: readonly KnownLeg[]): KnownLeg[] {
  return ours.filter(({ match }) => kickoffs.some((kickoff) => Math.abs(kickoff - match.kickoff) <= nearMs));
}

function stageLegs(
  league: League,
  season: string,
  pairing: readonly Paired[],
  ours: readonly KnownLeg[],
): { legs: { paired: Paired; leg: number }[]; doubts: Meeting[] } {
  const stages = grouped(
    pairing.filter(({ round }) => round !== null && "stage" in round),
    ({ round }) => labelOf(matchdayOf(round)),
  ).sort((a, b) => firstKickoff(a) - firstKickoff(b) || (label(a) < label(b) ? -1 : 1));
  const regular = meetingsOf(formatOf(league, season));
  const taken = new Set(ours.map(({ leg }) => leg));
  const free = Array.from({ length: legsMax - regular }, (_, i) => regular + 1 + i).filter((leg) => !taken.has(leg));
  const byLabel = new Map(
    ours.flatMap(({ leg, match }) =>
      leg > regular && match.matchday !== null ? [[labelOf(match.matchday), leg] as const] : [],
    ),
  );
  const legs: { paired: Paired; leg: number }[] = [];
  const doubts: Meeting[] = [];
  for (const same of stages) {
    const near = nearTo(
      same.map(({ told }) => told.kickoff),
      ours,
    );
    const named = byLabel.get(label(same));
    const known = named ?? (near.length === 1 ? near[0]?.leg : undefined);
    if (near.length > 0 && near.every(({ leg }) => leg !== known))
      doubts.push(...same.map((paired) => ({ paired, leg: 0, problem: oneOf(near) })));
    else {
      const leg = known ?? free.shift();
      if (leg !== undefined) legs.push(...same.map((paired) => ({ paired, leg })));
    }
  }
  return { legs, doubts };
}

function oneOf(near: readonly KnownLeg[]): NonNullable<Meeting["problem"]> {
  const ids = near.map(({ match }) => match.id).join(" or ");
  return { sure: false, code: "unknown-leg", text: `may be ${ids} by its date, and its stage does not say so` };
}

/** Providers change the case and the spaces of a stage's name within a season. */
function labelOf(matchday: string | null): string {
  return (matchday ?? "").toLowerCase().replace(/\s+/g, "");
}

function label(same: readonly Paired[]): string {
  return labelOf(matchdayOf(same[0]?.round ?? null));
}

function firstKickoff(same: readonly Paired[]): number {
  return Math.min(...same.map(({ told }) => told.kickoff));
}

const givenWay = new Set<string>(["abandoned", "cancelled", "postponed"]);

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
  const numbered = (alive.length === 0 ? distinct : alive).filter((it) => isNumbered(known, it));
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

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}
