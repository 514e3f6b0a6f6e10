import { z } from "zod";
import { type Severity, stages } from "../../match/event.ts";
import type { MatchGap } from "../../projections/coverage.ts";
import { cursorOf, InvalidCursor, positionOf } from "../../projections/cursor.ts";

/** Most urgent first, as gaps are listed everywhere. */
export const severities = ["critical", "warning", "info", "missed"] as const satisfies readonly Severity[];

export const gapFilterSchema = z.object({
  severity: z.enum(severities).optional(),
  stage: z.enum(stages).optional(),
  /** A part of a team's name or of a match id. */
  q: z.string().max(100).optional(),
});
export type GapFilter = z.infer<typeof gapFilterSchema>;

/** The gaps that fit, in the order of `gaps`: by severity, then kick-off, then id. */
export function fitting(gaps: readonly MatchGap[], { severity, stage, q }: GapFilter): MatchGap[] {
  const wanted = q?.toLowerCase();
  return gaps.filter(
    (gap) =>
      (severity === undefined || gap.severity === severity) &&
      (stage === undefined || gap.missing.includes(stage)) &&
      (wanted === undefined ||
        [gap.matchId, gap.homeTeam, gap.awayTeam].some((text) => text.toLowerCase().includes(wanted))),
  );
}

export interface GapPage {
  gaps: MatchGap[];
  /** null on the last page. */
  cursor: string | null;
}

/** A page of what `fitting` gave. Throws `InvalidCursor`. */
export function gapPage(gaps: readonly MatchGap[], after: string | null, limit: number): GapPage {
  const place = after === null ? null : placeIn(after);
  const rest = place === null ? gaps : gaps.filter((gap) => compare(placeOf(gap), place) > 0);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return { gaps: page, cursor: rest.length > limit && last !== undefined ? cursorAt(placeOf(last)) : null };
}

interface Place {
  rank: number;
  kickoff: number;
  id: string;
}

function placeOf({ severity, kickoffTime, matchId }: MatchGap): Place {
  return { rank: severities.indexOf(severity), kickoff: Date.parse(kickoffTime), id: matchId };
}

function compare(a: Place, b: Place): number {
  return a.rank - b.rank || a.kickoff - b.kickoff || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

function cursorAt({ rank, kickoff, id }: Place): string {
  return cursorOf({ at: kickoff, tie: `${rank}-${id}` });
}

function placeIn(cursor: string): Place {
  const { at, tie } = positionOf(cursor);
  const [, rank, id] = /^(\d)-(.+)$/.exec(tie) ?? [];
  if (rank === undefined || id === undefined) throw new InvalidCursor();
  return { rank: Number(rank), kickoff: at, id };
}
