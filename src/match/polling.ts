import { retryDelay } from "./attempts.ts";
import type {
  Budget,
  Category,
  PollKind,
  PollRemark,
  Polled,
  PollRequested,
  RequestReason,
  SourceEvent,
} from "./event.ts";
import { heldUntil, type Lane } from "./quota.ts";
import type { Policy } from "./policy.ts";
import { expiresAt } from "./schedule.ts";

/** What is known of one source for one competition: a fold of its polls. */
export interface SourceState {
  /** `<name>.<competition>`. */
  id: string;
  version: number;
  updatedAt: number;
  polls: Record<PollKind, PollState>;
  /** Nothing will ever come again. */
  exhausted: boolean;
  /** What its last answer left of the provider's quota, and when that was. */
  budget: Budget | null;
  budgetAt: number;
  /** Ids of the newest poll requests, by which a copy of one is known. */
  requestIds: readonly string[];
  /** Keys of what was rejected or quarantined, so that a poll tells only what is new. */
  remarks: readonly string[];
}

export interface PollState {
  request: { id: string; sequence: number; time: number; attempt: number; budgetMs: number } | null;
  good: { id: string; sequence: number; time: number } | null;
  failure: { id: string; time: number; attempt: number; category: Category; retryAt: number | null } | null;
}

export type SourceEntry = SourceEvent | { sequence: number; type: null };

const neverPolled: PollState = { request: null, good: null, failure: null };

export function unknownSource(id: string): SourceState {
  const polls = { fixtures: neverPolled, results: neverPolled };
  return {
    id,
    version: 0,
    updatedAt: 0,
    polls,
    exhausted: false,
    budget: null,
    budgetAt: 0,
    requestIds: [],
    remarks: [],
  };
}

export function evolveSource(source: SourceState, entry: SourceEntry): SourceState {
  if (entry.type === null) return { ...source, version: entry.sequence };
  const { kind } = entry.data;
  const poll = entry.type === "source.polled" ? polled(source, entry) : requested(source, entry);
  const moved = { ...source, version: entry.sequence };
  if (poll === null) return moved;
  // A sweep of named matches cannot know that the rest was seen: only a fixtures poll can say that nothing will come.
  const news = entry.type === "source.polled" && entry.data.ok && kind === "fixtures";
  return {
    ...moved,
    updatedAt: Math.max(source.updatedAt, entry.time),
    polls: { ...source.polls, [kind]: poll },
    requestIds:
      entry.type === "source.poll.requested"
        ? [...source.requestIds, entry.id].slice(-requestIdsMax)
        : source.requestIds,
    exhausted: news ? entry.data.exhausted : source.exhausted,
    ...(entry.type === "source.polled" && entry.data.budget !== null
      ? { budget: entry.data.budget, budgetAt: entry.time }
      : {}),
    remarks: entry.type === "source.polled" ? withRemarks(source.remarks, entry.data) : source.remarks,
  };
}

/** A copy of an older request costs one poll. */
const requestIdsMax = 50;

/** What makes a rejection or quarantine the same one as an earlier poll's. */
export function remarkKey(remark: PollRemark): string {
  return `${remark.code} ${remark.match}`;
}

/** So many remarks are remembered to tell the new ones; older ones may be told again. */
const remarksMax = 1000;

function withRemarks(known: readonly string[], data: Polled): readonly string[] {
  const keys = [...data.rejected, ...data.quarantined].map(remarkKey);
  return keys.length === 0 ? known : [...new Set([...known, ...keys])].slice(-remarksMax);
}

type EventOf<T extends SourceEvent["type"]> = Extract<SourceEvent, { type: T }>;

/** null for a stored request that somebody published again. */
function requested(source: SourceState, event: EventOf<"source.poll.requested">): PollState | null {
  if (source.requestIds.includes(event.id)) return null;
  const { id, sequence, time, data } = event;
  const { attempt, budgetMs } = data;
  return { ...source.polls[data.kind], request: { id, sequence, time, attempt, budgetMs } };
}

/** Like any fact, a poll counts as the answer to its request; null for one that nobody asked for. */
function polled(source: SourceState, event: EventOf<"source.polled">): PollState | null {
  const { data, id, sequence, time } = event;
  const poll = source.polls[data.kind];
  if (poll.request === null || poll.request.id !== event.causationId) return null;
  if (data.ok) return { request: null, good: { id, sequence, time }, failure: null };
  const retryAt = data.retryAt === null ? null : Date.parse(data.retryAt);
  const failure = { id, time, attempt: poll.request.attempt, category: data.category ?? "transient", retryAt };
  return { ...poll, request: null, failure };
}

/** The newest word on the quota of the provider that a source `<name>.<competition>` asks: its competitions share it. */
export function withSharedBudget(source: SourceState, all: readonly SourceState[]): SourceState {
  const name = source.id.slice(0, source.id.indexOf(".") + 1);
  let newest = source;
  for (const other of all) if (other.id.startsWith(name) && other.budgetAt > newest.budgetAt) newest = other;
  return { ...source, budget: newest.budget, budgetAt: newest.budgetAt };
}

export interface DuePoll {
  kind: PollKind;
  attempt: number;
  reason: RequestReason;
  budgetMs: number;
  window: PollRequested["window"];
  causationId: string | null;
}

/** How long before now a fixtures poll reads again what it already had: corrections come from there. */
const rereadMs = 7 * 24 * 60 * 60 * 1000;

/** Which poll is due at `now`. `kickoffs` are those of the competition's matches that wait for a result. */
export function duePolls(source: SourceState, kickoffs: readonly number[], now: number, policy: Policy): DuePoll[] {
  const due: DuePoll[] = [];
  const fixturesAt = nextPollAt(source, "fixtures", kickoffs, policy);
  if (fixturesAt !== null && now >= fixturesAt) {
    // The oldest match still open is re-read too, however long it has been waiting.
    const oldest = Math.min(now, ...kickoffs) - rereadMs;
    const from = source.polls.fixtures.good === null ? null : new Date(oldest).toISOString();
    due.push(poll(source, "fixtures", { from, to: new Date(now + policy.pollAhead).toISOString() }, policy));
  }
  const resultsAt = nextPollAt(source, "results", kickoffs, policy);
  if (resultsAt !== null && now >= resultsAt) {
    const oldest = Math.min(...kickoffs.filter((kickoff) => isSwept(kickoff, now, policy)), now);
    const window = { from: new Date(oldest).toISOString(), to: new Date(now).toISOString() };
    due.push(poll(source, "results", window, policy));
  }
  return due;
}

function poll(source: SourceState, kind: PollKind, window: PollRequested["window"], policy: Policy): DuePoll {
  const { request, failure, good } = source.polls[kind];
  const attempt = request?.attempt ?? (failure === null ? 1 : failure.attempt + (isTold(failure.category) ? 0 : 1));
  const causationId = failure?.id ?? good?.id ?? null;
  return {
    kind,
    attempt,
    reason: failure === null ? "due" : "retry",
    budgetMs: policy.budget.poll,
    window,
    causationId,
  };
}

/** The source names the time to come back: no fault of the poll, which burns no attempt by it. */
function isTold(category: Category): boolean {
  return category === "rate-limited" || category === "budget";
}

/**
 * When the next poll of this kind is due, null for never; polls that can wait are put off to the quota's next day while what is
 * left of it is kept for those that cannot. The earlier of the two is the source's next due instant.
 */
export function nextPollAt(
  source: SourceState,
  kind: PollKind,
  kickoffs: readonly number[],
  policy: Policy,
): number | null {
  const { request, failure } = source.polls[kind];
  const regular = kind === "fixtures" ? fixturesAt(source, policy) : resultsAt(source, kickoffs, policy);
  if (regular === null) return null;
  if (request !== null) return expiresAt(request, policy);
  if (failure === null) return regular;
  const delay = failure.attempt > policy.retryDelays.length ? policy.resultEvery : retryDelay(failure.attempt, policy);
  const again = failure.retryAt !== null && failure.retryAt > failure.time ? failure.retryAt : failure.time + delay;
  // The match that the failed sweep was for may have ended by another way: the next one's time stands.
  return Math.max(regular, again);
}

function fixturesAt(source: SourceState, policy: Policy): number | null {
  if (source.exhausted) return null;
  const { good } = source.polls.fixtures;
  const at = good === null ? 0 : good.time + policy.pollEvery;
  return Math.max(at, heldUntil(source.budget, "ahead") ?? at);
}

/** The earliest sweep that any waiting match asks for, counted from the last good one. */
function resultsAt({ polls, budget }: SourceState, kickoffs: readonly number[], policy: Policy): number | null {
  const last = polls.results.good?.time ?? null;
  let next: number | null = null;
  for (const kickoff of kickoffs) {
    const first = kickoff + policy.resultAfterKickoff;
    const interval = last === null ? 0 : sweepInterval(last - kickoff, policy);
    if (interval === null) continue;
    const regular = last === null || last < first ? first : Math.max(first, last + interval);
    const lane: Lane = regular - kickoff < dayMs ? "due" : "ahead";
    const at = Math.max(regular, heldUntil(budget, lane) ?? regular);
    next = next === null ? at : Math.min(next, at);
  }
  return next;
}

const dayMs = 24 * 60 * 60 * 1000;

/** Sweeps thin out: `resultEvery` on the first day after kick-off, hourly for a week, every 6 h for 30 days, then never. */
function sweepInterval(age: number, policy: Policy): number | null {
  if (age < dayMs) return policy.resultEvery;
  if (age < 7 * dayMs) return 12 * policy.resultEvery;
  return age < 30 * dayMs ? 72 * policy.resultEvery : null;
}

/** Whether a results poll at `now` asks for the match that kicked off then. */
export function isSwept(kickoff: number, now: number, policy: Policy): boolean {
  const { from, to } = sweptKickoffs(now, policy);
  return kickoff >= from && kickoff <= to;
}

/** Of which kick-offs, first and last, a results poll at `now` asks for the matches. */
export function sweptKickoffs(now: number, policy: Policy): { from: number; to: number } {
  return { from: now - sweptMs + 1, to: now - policy.resultAfterKickoff };
}

const sweptMs = 30 * dayMs;
