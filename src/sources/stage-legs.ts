import { formatOf, type League } from "./competitions.ts";
import { grouped } from "./grouped.ts";
import type { KnownMatch } from "./known.ts";
import type { Meeting } from "./meetings.ts";
import type { Paired } from "./recognise.ts";
import { legsMax, matchdayOf, meetingsOf } from "./rounds.ts";

/** A meeting of a pairing that the log has. */
export interface KnownLeg {
  leg: number;
  match: KnownMatch;
}

/** Which meeting of a pairing a match is. */
export interface ToldLeg {
  paired: Paired;
  leg: number;
}

/** What a replay stands for. */
export const givenWay: ReadonlySet<string> = new Set(["abandoned", "cancelled", "postponed"]);

/** No two clubs meet again at one ground sooner: what is shown within it is the known match, whatever its label. */
const nearMs = 3 * 24 * 60 * 60_000;

export function nearTo(kickoffs: readonly number[], ours: readonly KnownLeg[]): KnownLeg[] {
  return ours.filter(({ match }) => kickoffs.some((kickoff) => Math.abs(kickoff - match.kickoff) <= nearMs));
}

/**
 * The meetings of one pairing in stages after the regular season. A stage that is not known is a meeting of its own only where
 * the page tells of every known one besides, else it may be one of them under another name, and where the format has room.
 */
export function stageLegs(
  league: League,
  season: string,
  pairing: readonly Paired[],
  ours: readonly KnownLeg[],
  /** Those that the page tells of by number or round. */
  elsewhere: readonly number[],
): { legs: ToldLeg[]; doubts: Meeting[] } {
  const stages = grouped(
    pairing.filter(({ round }) => round !== null && "stage" in round),
    ({ round }) => labelOf(matchdayOf(round)),
  ).sort((a, b) => firstKickoff(a) - firstKickoff(b) || (label(a) < label(b) ? -1 : 1));
  const format = formatOf(league, season);
  const regular = meetingsOf(format);
  const later = ours.filter(({ leg }) => leg > regular);
  const byLabel = new Map(
    later.flatMap(({ leg, match }) => (match.matchday === null ? [] : [[labelOf(match.matchday), leg] as const])),
  );
  const legs: ToldLeg[] = [];
  const doubts: Meeting[] = [];
  const doubt = (same: readonly Paired[], text: string) =>
    doubts.push(...same.map((paired) => ({ paired, leg: 0, problem: { sure: false, code: "unknown-leg", text } })));
  const fresh: Paired[][] = [];
  for (const same of stages) {
    const near = nearTo(
      same.map(({ told }) => told.kickoff),
      ours,
    );
    const named = byLabel.get(label(same));
    const known = named ?? (near.length === 1 ? near[0]?.leg : undefined);
    if (near.length > 0 && near.every(({ leg }) => leg !== known))
      doubt(same, `may be ${idsOf(near)} by its date, and its stage does not say so`);
    else if (known === undefined) fresh.push(same);
    else legs.push(...same.map((paired) => ({ paired, leg: known })));
  }

  const told = new Set([...elsewhere, ...legs.map(({ leg }) => leg)]);
  const untold = later.filter(({ leg }) => !told.has(leg));
  const most = legsMax(format);
  const free = Array.from({ length: most - regular }, (_, i) => regular + 1 + i).filter(
    (leg) => !told.has(leg) && later.every((it) => it.leg !== leg),
  );
  const replay = free.length === 0 && untold.length === 0 && fresh.length === 1 ? replayIn(fresh[0] ?? [], legs) : null;
  if (replay !== null) return { legs: [...legs, ...replay], doubts };
  for (const [i, same] of fresh.entries()) {
    const leg = free[i];
    if (untold.length > 0)
      doubt(same, `may be ${idsOf(untold)} under another stage's name, as the page has nothing else for that`);
    else if (fresh.length > free.length || leg === undefined)
      doubt(same, `would be one meeting too many: two clubs of the ${league.name} meet here ${most} times at most`);
    else legs.push(...same.map((paired) => ({ paired, leg })));
  }
  return { legs, doubts };
}

/** Where there is room for one meeting only, a second that is told is its replay, under a name of its own, if one of the two gave way. */
function replayIn(fresh: readonly Paired[], legs: readonly ToldLeg[]): ToldLeg[] | null {
  const [first] = legs;
  if (first === undefined || legs.some(({ leg }) => leg !== first.leg)) return null;
  const gaveWay = ({ told }: Paired) => givenWay.has(told.status);
  if (fresh.every(gaveWay) === legs.every(({ paired }) => gaveWay(paired))) return null;
  return fresh.map((paired) => ({ paired, leg: first.leg }));
}

function idsOf(legs: readonly KnownLeg[]): string {
  return legs.map(({ match }) => match.id).join(" or ");
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
