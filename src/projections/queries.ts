import type { Hindsight } from "../match/backfill.ts";
import type { Category, Stage } from "../match/event.ts";
import type { Match } from "../match/match.ts";
import type { ModelHealth } from "../match/model-health.ts";
import type { PlayedMatch } from "../match/played.ts";
import type { SourceState } from "../match/polling.ts";
import { type Anomalies, anomalyQueries } from "./anomalies.ts";
import type { Call, CallMatchState } from "../match/call.ts";
import { autoRetroQueries } from "./auto-retros.ts";
import { type CallFilter, type CallMatchPage, callQueries } from "./calls.ts";
import { type HindsightFilter, hindsightQueries } from "./hindsights.ts";
import { letterQueries } from "./letters.ts";
import { checkpointQueries } from "./checkpoint.ts";
import { type Comparison, comparisonQueries } from "./comparison.ts";
import {
  type CoverageQueries,
  coverageQueries,
  type GapSource,
  type LookedAt,
  type Surveys,
  surveysOf,
} from "./coverage.ts";
import type { Db } from "./db.ts";
import { type FailurePage, type FailurePageFilter, failurePageQueries } from "./failure-pages.ts";
import { type FailureCount, type FailureFilter, failureQueries, type FailureRow } from "./failures.ts";
import { listingQueries, type MatchFilter, type MatchPage } from "./listing.ts";
import { matchQueries, type MatchTally } from "./matches.ts";
import { modelCostQueries } from "./model-costs.ts";
import { modelHealthQueries } from "./model-health.ts";
import { type ModelRecord, modelRecordQueries } from "./model-record.ts";
import { type OpenSettlement, openSettlementQueries } from "./open-settlements.ts";
import { panelQueries, type PanelRow } from "./panel.ts";
import type { PanelFilter } from "./panel-filter.ts";
import { type Punctuality, type PunctualityFilter, punctualityQueries } from "./punctuality.ts";
import { type Regression, regressionQueries } from "./regressions.ts";
import { requestQueries } from "./requests.ts";
import { resultQueries } from "./results.ts";
import { sourceQueries } from "./sources.ts";
import { stageQueries, type StageRow } from "./stages.ts";
import type { MatchStates } from "./states.ts";

/** Everything that can be asked of a read model. Instants are epoch milliseconds, "now" is always the caller's. */
export interface ReadModelQueries extends CoverageQueries, Surveys {
  /** Everything in the log up to here is in the answers. */
  sequence(): number;
  /** Greatest `time` among the dispatcher's own events: where a simulated clock takes up again. null before the first. */
  lastEventTime(): number | null;
  /** null when no message of that match is known. */
  match(id: string): Match | null;
  /**
   * The matches whose `nextDueAt` has come: live before retro, those ahead of kick-off before those begun, nearest first. The
   * list is of this moment, each state of when it is reached, so a long walk sees newer states, never older ones.
   */
  dueMatches(now: number): Iterable<Match>;
  /** The earliest instant after `after` at which a match falls due; null when none will. */
  nextMatchDueAt(after: number): number | null;
  /** Unanswered requests of each stage; those that work for a retro request count as `retro` alone. */
  inFlight(): Record<Stage | "retro", number>;
  /** Sequence of the oldest unanswered request of a stage, null when there is none. */
  oldestRequest(stage: Stage): number | null;
  /** What is known of a source; the unknown one when nothing is. */
  source(id: string): SourceState;
  sources(): SourceState[];
  /** Distinct kick-offs of the competition's live matches that wait for a result, ascending. */
  awaitingKickoffs(competition: string, notBefore: number): number[];
  /** Ids of the competition's live matches that wait for a result, by kick-off. */
  awaitingMatches(competition: string, kickoffAtMost: number, notBefore: number): string[];
  /** Played matches up to `until`, live and history, in their newest revision; ascending by kick-off, then id. */
  results(competition: string, until: number): PlayedMatch[];
  /** Throws `InvalidCursor`. */
  matches(filter: MatchFilter): MatchPage;
  /** What decides what a backfill runs on a match, null when nobody has scheduled it. */
  hindsight(id: string): Hindsight | null;
  /** Of the matches that may lack something, ascending by kick-off, then id. */
  hindsights(filter: HindsightFilter): Hindsight[];
  /** By points, most first, then by name. */
  panel(filter: PanelFilter): PanelRow[];
  /** Two models over the matches that both answered: `first` against `second`. */
  compareModels(first: string, second: string, filter: PanelFilter): Comparison;
  /** What one model foretold of the settled matches of a filter, and how it went. */
  modelRecord(model: string, filter: PanelFilter): ModelRecord;
  /** Models that have fallen behind the others in the last 60 days of the settled matches, worst first. */
  regressions(filter: PanelFilter): Regression[];
  stageRows(matchId: string): StageRow[];
  /** How punctual the live matches of some kick-offs were, slot by slot. */
  punctuality(filter: PunctualityFilter): Punctuality[];
  /** Newest first. */
  failures(filter: FailureFilter): FailureRow[];
  /** Newest first. Throws `InvalidCursor`. */
  failurePage(filter: FailurePageFilter): FailurePage;
  /** Failed settlements of a category that nobody dismissed: a page of them by match id, after one of them. */
  openSettlements(category: Category, after: string): OpenSettlement[];
  /** Those that nobody dismissed, or the others. */
  failureCounts(dismissed?: boolean): FailureCount[];
  anomalies(): Anomalies;
  /** Whether any match has had an answer to the letter at that sequence. */
  isLetterAnswered(sequence: number): boolean;
  /** null when nothing is known of that call. */
  call(id: string): Call | null;
  /** Newest first. */
  calls(filter: CallFilter): Call[];
  /** On how many matches a call is still worked on, done, given up, cancelled. */
  callProgress(id: string): Record<CallMatchState, number>;
  /** What has come of a call on each match, by match id; `after`: the cursor of the page before. */
  callMatches(id: string, after: string | null, limit: number): CallMatchPage;
  /** The matches a call had a word for, with the id of each word. */
  callWords(id: string): { matchId: string; wordId: string }[];
  /** How many retro requests the dispatcher made by itself after that instant. */
  autoRetros(after: number): number;
  /** null for a model that has not failed since it last answered. */
  modelHealth(model: string): ModelHealth | null;
  /** What a model has cost on the UTC day of that instant. */
  modelCost(model: string, at: number): number;
  /** Events by type. */
  eventCounts(): Record<string, number>;
  tally(): Tally;
}

export interface Tally extends MatchTally {
  events: number;
}

/** The questions to one build. `dueIds` is what `dueMatches` walks, which may outlive the build. */
export interface BuildQueries extends Omit<ReadModelQueries, "dueMatches" | keyof Surveys> {
  /** The matches that may have a gap and kick off between these, ascending by kick-off. */
  gapCandidates: GapSource["withGaps"];
  dueIds(now: number): string[];
}

export function queriesOf(db: Db, states: MatchStates): BuildQueries {
  const { due, ...requests } = requestQueries(db);
  const { withGaps, tally, ...matches } = matchQueries(db);
  const anomalies = anomalyQueries(db);
  return {
    ...checkpointQueries(db),
    ...requests,
    ...matches,
    ...listingQueries(db),
    ...hindsightQueries(db),
    ...sourceQueries(db),
    ...resultQueries(db),
    ...panelQueries(db),
    ...comparisonQueries(db),
    ...modelRecordQueries(db),
    ...regressionQueries(db),
    ...stageQueries(db),
    ...punctualityQueries(db),
    ...failureQueries(db),
    ...failurePageQueries(db),
    ...openSettlementQueries(db),
    ...anomalies,
    ...letterQueries(db),
    ...callQueries(db),
    ...autoRetroQueries(db),
    ...modelHealthQueries(db),
    ...modelCostQueries(db),
    ...coverageQueries({ withGaps, load: states.load }),
    match: states.load,
    gapCandidates: withGaps,
    dueIds: due,
    tally: () => ({
      ...tally(),
      events: Object.values(anomalies.eventCounts()).reduce((sum, count) => sum + count, 0),
    }),
  };
}

/** The same questions, put to whichever build is current when they are asked. */
export function queriesThrough(current: () => BuildQueries): ReadModelQueries {
  function* walk(ids: readonly string[]): Iterable<Match> {
    for (const id of ids) {
      const match = current().match(id);
      if (match !== null) yield match;
    }
  }
  /** Of one build: another may have folded the same messages otherwise. */
  const looked = new WeakMap<BuildQueries, LookedAt>();
  function lookedAt(): LookedAt {
    const build = current();
    let known = looked.get(build);
    if (known === undefined) looked.set(build, (known = new Map()));
    return known;
  }
  return {
    sequence: () => current().sequence(),
    lastEventTime: () => current().lastEventTime(),
    match: (id) => current().match(id),
    dueMatches: (now) => walk(current().dueIds(now)),
    nextMatchDueAt: (after) => current().nextMatchDueAt(after),
    inFlight: () => current().inFlight(),
    oldestRequest: (stage) => current().oldestRequest(stage),
    source: (id) => current().source(id),
    sources: () => current().sources(),
    awaitingKickoffs: (competition, notBefore) => current().awaitingKickoffs(competition, notBefore),
    awaitingMatches: (competition, kickoffAtMost, notBefore) =>
      current().awaitingMatches(competition, kickoffAtMost, notBefore),
    results: (competition, until) => current().results(competition, until),
    matches: (filter) => current().matches(filter),
    hindsight: (id) => current().hindsight(id),
    hindsights: (filter) => current().hindsights(filter),
    // A walk may outlive the build it began on.
    ...surveysOf(
      { withGaps: (from, to) => current().gapCandidates(from, to), load: (id) => current().match(id) },
      lookedAt,
    ),
    gaps: (now, ahead, back, policy) => current().gaps(now, ahead, back, policy),
    coverage: (now, policy) => current().coverage(now, policy),
    panel: (filter) => current().panel(filter),
    compareModels: (first, second, filter) => current().compareModels(first, second, filter),
    modelRecord: (model, filter) => current().modelRecord(model, filter),
    regressions: (filter) => current().regressions(filter),
    stageRows: (matchId) => current().stageRows(matchId),
    punctuality: (filter) => current().punctuality(filter),
    failures: (filter) => current().failures(filter),
    failurePage: (filter) => current().failurePage(filter),
    openSettlements: (category, after) => current().openSettlements(category, after),
    failureCounts: (dismissed) => current().failureCounts(dismissed),
    anomalies: () => current().anomalies(),
    isLetterAnswered: (sequence) => current().isLetterAnswered(sequence),
    call: (id) => current().call(id),
    calls: (filter) => current().calls(filter),
    callProgress: (id) => current().callProgress(id),
    callMatches: (id, after, limit) => current().callMatches(id, after, limit),
    callWords: (id) => current().callWords(id),
    autoRetros: (after) => current().autoRetros(after),
    modelHealth: (model) => current().modelHealth(model),
    modelCost: (model, at) => current().modelCost(model, at),
    eventCounts: () => current().eventCounts(),
    tally: () => current().tally(),
  };
}
