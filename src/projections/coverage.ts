import { setImmediate } from "node:timers/promises";
import { coveragePercent, gapOf, isInWindow } from "../match/coverage.ts";
import type { Severity, Stage } from "../match/event.ts";
import type { Match } from "../match/match.ts";
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
  withGaps(from: number, to: number): string[];
  load(id: string): Match | null;
}

/** What can still be saved comes first; a missed match is only waiting for an operator's retro. */
const urgency: Record<Severity, number> = { critical: 0, warning: 1, info: 2, missed: 3 };

/** A question that is answered match by match: whoever asks says how many at a time. */
type Walk<T> = Generator<void, T>;

export interface CoverageQueries {
  /** Gaps of the matches that kick off from `back` before `now` to `ahead` after it: severity first, then kick-off. */
  gaps(now: number, ahead: number, back: number, policy: Policy): MatchGap[];
  coverage(now: number, policy: Policy): Coverage;
}

/** The same questions, with turns for others in between: ten thousand gaps take a second to look at. */
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
export function surveysOf(source: GapSource): Surveys {
  return {
    surveyGaps: (...args) => inTurns(gapsWalk(source, ...args)),
    surveyCoverage: (...args) => inTurns(coverageWalk(source, ...args)),
  };
}

function* gapsWalk(source: GapSource, now: number, ahead: number, back: number, policy: Policy): Walk<MatchGap[]> {
  const found: MatchGap[] = [];
  for (const match of candidates(source, now - back, now + ahead)) {
    const gap = matchGap(match, now, policy);
    if (gap !== null) found.push(gap);
    yield;
  }
  return found.sort((a, b) => urgency[a.severity] - urgency[b.severity]);
}

function* coverageWalk(source: GapSource, now: number, policy: Policy): Walk<Coverage> {
  const to = now + policy.coverageWindow;
  const gaps = { critical: 0, warning: 0, info: 0, missed: 0 };
  let [matches, withGap, withoutPredictions] = [0, 0, 0];
  for (const match of candidates(source, now - policy.watch.settle, to)) {
    const inWindow = isInWindow(match, now, to);
    const gap = gapOf(match, now, policy);
    if (inWindow) matches++;
    yield;
    if (gap === null) continue;
    gaps[gap.severity]++;
    if (gap.missing.includes("predict")) withoutPredictions++;
    if (inWindow) withGap++;
  }
  const window = { from: new Date(now).toISOString(), to: new Date(to).toISOString() };
  return { percent: coveragePercent(matches, withGap), matches, withGap, gaps, withoutPredictions, window };
}

function* candidates({ withGaps, load }: GapSource, from: number, to: number): Iterable<Match> {
  for (const id of withGaps(from, to)) {
    const match = load(id);
    if (match !== null) yield match;
  }
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

function matchGap(match: Match, now: number, policy: Policy): MatchGap | null {
  const gap = gapOf(match, now, policy);
  if (gap === null || match.fixture === null) return null;
  const { kickoff, teams } = match.fixture;
  return {
    matchId: match.id,
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
}
