import { setImmediate } from "node:timers/promises";
import { coveragePercent, type Gap, gapOf, isInWindow } from "../match/coverage.ts";
import type { Severity, Stage } from "../match/event.ts";
import type { Match } from "../match/match.ts";
import { nextTurnAt } from "../match/next-due.ts";
import type { Policy } from "../match/policy.ts";

/** What a match lacks although it should have it by now. */
export interface MatchGap {
  matchId: string;
  homeTeam: string;
  awayTeam: string;
  /** ISO 8601, UTC. */
  kickoffTime: string;
  /** One decimal; negative once it has passed. Severity goes by the unrounded time. */
  hoursUntilKickoff: number;
  severity: Severity;
  missing: Stage[];
  /** ISO 8601: since when the first missing stage has been due. */
  dueSince: string;
  reason: string;
  nextAction: string;
}

export interface Coverage {
  percent: number;
  /** Live matches that kick off in the window, and how many of them have a gap. */
  matches: number;
  withGap: number;
  /** Gaps by severity, of the window and of what has begun or ended in the days that settlements are watched. */
  gaps: Record<Severity, number>;
  /** Of those with a gap, the ones that lack answers. */
  withoutPredictions: number;
  /** ISO 8601. */
  window: { from: string; to: string };
}

/** Where the matches that can have a gap come from. */
export interface GapSource {
  withGaps(from: number, to: number): Pick<Match, "id" | "version">[];
  load(id: string): Match | null;
}

/** What was found when a match was looked at, which holds while it stays at that version, up to an instant. */
interface Looked {
  version: number;
  policy: Policy;
  from: number;
  until: number;
  match: Pick<Match, "id" | "fixture">;
  gap: Gap | null;
}

/** By match id. */
export type LookedAt = Map<string, Looked>;

/** A few hundred bytes each. */
const lookedMax = 20_000;

/** What can still be saved comes first; a missed match is only waiting for an operator's retro. */
const urgency: Record<Severity, number> = { critical: 0, warning: 1, info: 2, missed: 3 };

/** A question that is answered match by match: whoever asks says how many at a time. */
type Walk<T> = Generator<void, T>;

export interface CoverageQueries {
  /** Gaps of the matches that kick off from `back` before `now` to `ahead` after it: severity first, then kick-off. */
  gaps(now: number, ahead: number, back: number, policy: Policy): MatchGap[];
  coverage(now: number, policy: Policy): Coverage;
}

/**
 * The same questions, with turns for others in between: ten thousand gaps take a second to look at. What was looked at before is
 * looked at again when it has changed or its time has come.
 */
export type Surveys = {
  [Q in keyof CoverageQueries as `survey${Capitalize<Q>}`]: (
    ...args: Parameters<CoverageQueries[Q]>
  ) => Promise<ReturnType<CoverageQueries[Q]>>;
};

export function coverageQueries(source: GapSource): CoverageQueries {
  return {
    gaps: (...args) => atOnce(gapsWalk(source, ...args)),
    coverage: (...args) => atOnce(coverageWalk(source, ...args)),
  };
}

/** `source` is asked while others write: what it says of a match is of the moment at which the walk comes to it. */
export function surveysOf(source: GapSource, lookedAt: () => LookedAt): Surveys {
  return {
    surveyGaps: (...args) => inTurns(gapsWalk(source, ...args, lookedAt)),
    surveyCoverage: (...args) => inTurns(coverageWalk(source, ...args, lookedAt)),
  };
}

function* gapsWalk(
  source: GapSource,
  now: number,
  ahead: number,
  back: number,
  policy: Policy,
  lookedAt?: () => LookedAt,
): Walk<MatchGap[]> {
  const found: MatchGap[] = [];
  for (const known of source.withGaps(now - back, now + ahead)) {
    const looked = yield* look(source, known, now, policy, lookedAt);
    if (looked !== null && looked.gap !== null) found.push(...matchGaps(looked.match, looked.gap, now));
  }
  return found.sort((a, b) => urgency[a.severity] - urgency[b.severity]);
}

function* coverageWalk(source: GapSource, now: number, policy: Policy, lookedAt?: () => LookedAt): Walk<Coverage> {
  const to = now + policy.coverageWindow;
  const gaps = { critical: 0, warning: 0, info: 0, missed: 0 };
  let [matches, withGap, withoutPredictions] = [0, 0, 0];
  for (const known of source.withGaps(now - policy.watch.settle, to)) {
    const looked = yield* look(source, known, now, policy, lookedAt);
    if (looked === null) continue;
    const { match, gap } = looked;
    const inWindow = isInWindow(match, now, to);
    if (inWindow) matches++;
    if (gap === null) continue;
    gaps[gap.severity]++;
    if (gap.missing.includes("predict")) withoutPredictions++;
    if (inWindow) withGap++;
  }
  const window = { from: new Date(now).toISOString(), to: new Date(to).toISOString() };
  return { percent: coveragePercent(matches, withGap), matches, withGap, gaps, withoutPredictions, window };
}

/** Yields where it had to look anew: a state takes a tenth of a millisecond, what is known of it next to nothing. */
function* look(
  source: GapSource,
  { id, version }: Pick<Match, "id" | "version">,
  now: number,
  policy: Policy,
  lookedAt?: () => LookedAt,
): Generator<void, Pick<Looked, "match" | "gap"> | null> {
  const before = lookedAt?.().get(id);
  const holds = before?.version === version && before.policy === policy && before.from <= now && now < before.until;
  if (before !== undefined && holds) return before;
  const match = source.load(id);
  if (match === null) return null;
  const gap = gapOf(match, now, policy);
  const memory = lookedAt?.();
  if (memory !== undefined) {
    if (memory.size >= lookedMax) memory.clear();
    const until = nextTurnAt(match, now, policy);
    const { fixture } = match;
    memory.set(id, { version: match.version, policy, from: now, until, match: { id, fixture }, gap });
  }
  yield;
  return { match, gap };
}

function atOnce<T>(walk: Walk<T>): T {
  for (;;) {
    const step = walk.next();
    if (step.done === true) return step.value;
  }
}

/** Matches between two turns of others: a few milliseconds' worth. */
const stride = 50;

async function inTurns<T>(walk: Walk<T>): Promise<T> {
  for (let at = 1; ; at++) {
    const step = walk.next();
    if (step.done === true) return step.value;
    if (at % stride === 0) await setImmediate();
  }
}

function matchGaps({ id, fixture }: Pick<Match, "id" | "fixture">, gap: Gap, now: number): MatchGap[] {
  if (fixture === null) return [];
  const { kickoff, teams } = fixture;
  const of: MatchGap = {
    matchId: id,
    homeTeam: teams.home.name,
    awayTeam: teams.away.name,
    kickoffTime: new Date(kickoff).toISOString(),
    hoursUntilKickoff: Math.round((kickoff - now) / 360_000) / 10,
    severity: gap.severity,
    missing: gap.missing,
    dueSince: new Date(gap.dueSince).toISOString(),
    reason: gap.reason,
    nextAction: gap.nextAction,
  };
  return [of];
}
