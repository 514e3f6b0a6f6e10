import { type Due, due } from "./due.ts";
import { type MatchEvent, type MatchEventType, type Recorded, type Stage, stages } from "./event.ts";
import { createEventIds } from "./event-ids.ts";
import { evolve } from "./evolve.ts";
import { isRequest } from "./evolve-requests.ts";
import { checkSettled, type RecountedAnswer, recountAnswers } from "./invariants-settled.ts";
import { type Match, unknownMatch } from "./match.ts";
import type { Policy } from "./policy.ts";
import { currentRound, hasBegun, isRetro, stageDueAt } from "./schedule.ts";
import { basisOf } from "./settlement.ts";
import { isTerminal } from "./status.ts";

/** A message of a log, as far as the invariants read it. */
export interface LogEntry {
  sequence: number;
  subject: string;
  entity: { root: "match" | "source" | "operator"; id: string } | null;
  event: Recorded | null;
  undecodable: { code: string; text: string } | null;
}

export interface Violation {
  /** Its number in docs/invariants.md. */
  invariant: number;
  /** Of the offending message; of the match's newest one where an absence is the offence. */
  sequence: number;
  matchId: string | null;
  text: string;
}

export interface Checker {
  /** Throws for a message of a match that is away. */
  add(entry: LogEntry): void;
  /**
   * What was known of the entry's match was put away: a million matches do not fit in memory, and one that has come to its end is
   * rarely heard of again. `recall` it before `add`.
   */
  isAway(entry: LogEntry): boolean;
  /** Takes a match up again by its messages so far, which are not judged twice. */
  recall(matchId: string, entries: readonly LogEntry[]): void;
  /** What stands open at `now` is judged too; returns all violations, in order of sequence. */
  finish(now: number): { violations: Violation[]; open: number };
}

interface Request {
  stage: Stage;
  round: number;
  time: number;
  budgetMs: number;
  retroactive: boolean;
  roster: string[] | null;
}

interface Record {
  match: Match;
  requests: Map<string, Request>;
  /** Counted again from the events alone, so that a fault in the fold does not vouch for itself. */
  answers: RecountedAnswer[];
  /** The settlement in force. */
  settled: { basis: string; sequence: number } | null;
}

/** What is known beside the log. */
interface Beside {
  /**
   * No process was stopped, or slept with its machine, and went on. One that did states what it had paid for, however long
   * after its request; a log alone cannot tell that from a stage that overran its budget.
   */
  neverStill: boolean;
}

/** More than a season of twenty leagues: what is open at a time, and what ended lately. 10 kB each. */
const recordsMax = 10_000;
/** Of the oldest records, so many are looked at for each new one: those still open stay. */
const looksANewOne = 4;

/**
 * Holds a log against invariants 3, 4, 6 and 8 of docs/invariants.md, message by message. Invariant 1 needs the read model,
 * 2, 5 and 7 need what happened beside the log: the simulation checks them. Beyond `kept` matches, those at rest are put away.
 */
export function createChecker(
  policy: Policy,
  beside: Beside = { neverStill: false },
  kept: number = recordsMax,
): Checker {
  const violations: Violation[] = [];
  const ids = createEventIds();
  /** The one that was heard of longest ago comes first. */
  const records = new Map<string, Record>();
  const away = new Set<string>();

  function add(entry: LogEntry): void {
    const { sequence, entity, event } = entry;
    const matchId = entity?.root === "match" ? entity.id : null;
    const violate = (invariant: number, text: string) => violations.push({ invariant, sequence, matchId, text });

    if (event === null) {
      if (entry.undecodable?.code !== "letter") {
        violate(8, `${entry.subject} does not decode: ${entry.undecodable?.text ?? "no reason given"}`);
      }
      if (matchId !== null) recordOf(matchId).match = evolve(recordOf(matchId).match, { sequence, type: null });
      return;
    }
    const first = ids.sequenceOf(event.id);
    if (first !== undefined) violate(8, `event id ${event.id} was used before, at sequence ${first}`);
    else ids.add(event.id, sequence);
    if (event.causationId !== null && ids.sequenceOf(event.causationId) === undefined) {
      violate(8, `${event.type} follows from ${event.causationId}, which is not in the log before it`);
    }
    if (matchId === null || !isMatchEvent(event)) return;
    const record = recordOf(matchId);
    checkFact(record, event, violate, policy, beside);
    note(record, event);
    record.match = evolve(record.match, event);
  }

  function recordOf(id: string): Record {
    let record = records.get(id);
    if (record !== undefined) records.delete(id);
    else if (away.has(id)) throw new Error(`${id} is away: it must be recalled before it goes on`);
    else {
      putAway();
      record = { match: unknownMatch(id), requests: new Map(), answers: [], settled: null };
    }
    records.set(id, record);
    return record;
  }

  function putAway(): void {
    for (let looks = 0; looks < looksANewOne && records.size >= kept; looks++) {
      const [oldest] = records;
      if (oldest === undefined) return;
      const [id, record] = oldest;
      records.delete(id);
      if (isAtRest(record.match, policy)) away.add(id);
      else records.set(id, record);
    }
  }

  function recall(id: string, entries: readonly LogEntry[]): void {
    away.delete(id);
    const record = recordOf(id);
    for (const { sequence, event } of entries) {
      if (event === null || !isMatchEvent(event)) {
        record.match = evolve(record.match, { sequence, type: null });
        continue;
      }
      checkFact(record, event, () => {}, policy, beside);
      note(record, event);
      record.match = evolve(record.match, event);
    }
  }

  function finish(now: number): { violations: Violation[]; open: number } {
    let open = 0;
    for (const { match } of records.values()) {
      const dues = due(match, now, policy);
      open += dues.length;
      for (const text of skippedStages(match, now, dues.map(stageOfDue), policy)) {
        violations.push({ invariant: 6, sequence: match.version, matchId: match.id, text });
      }
    }
    return { violations: [...violations].sort((a, b) => a.sequence - b.sequence), open };
  }

  return {
    add,
    isAway: ({ entity }) => entity?.root === "match" && away.has(entity.id),
    recall,
    finish,
  };
}

/** Later than any instant that means anything, and still a date. */
const endOfTime = 8_640_000_000_000_000;

/** Nothing is due, or will ever be, whatever `finish` takes for now: what is due once stays due until an event changes the match. */
function isAtRest(match: Match, policy: Policy): boolean {
  return due(match, endOfTime, policy).length === 0 && skippedStages(match, endOfTime, [], policy).length === 0;
}

function isMatchEvent(event: Recorded): event is MatchEvent {
  return event.type.startsWith("match.");
}

type Violate = (invariant: number, text: string) => void;

function checkFact(record: Record, event: MatchEvent, violate: Violate, policy: Policy, beside: Beside): void {
  if (event.type !== "match.analysed" && event.type !== "match.predicted" && event.type !== "match.settled") return;
  const request = event.causationId === null ? undefined : record.requests.get(event.causationId);
  if (request === undefined) violate(8, `${event.type} names no request of its match`);
  else if (request.stage !== stageOf(event.type)) violate(8, `${event.type} names a request for ${request.stage}`);
  else if ("round" in event.data && event.data.round !== request.round) {
    violate(8, `${event.type} is of round ${event.data.round}, its request of round ${request.round}`);
  }
  if (event.type === "match.settled") checkSettled(record, event, violate);
  if (event.type === "match.analysed") checkInputs(event, violate, policy);
  if (event.type === "match.predicted" && request !== undefined) checkPredicted(event, request, violate, beside);
}

function stageOf(type: MatchEventType): Stage {
  if (type === "match.analysed") return "analyse";
  return type === "match.predicted" ? "predict" : "settle";
}

function checkInputs({ data }: Recorded<"match.analysed">, violate: Violate, policy: Policy): void {
  const { latestKickoff } = data.inputs;
  if (latestKickoff === null) return;
  if (Date.parse(latestKickoff) + policy.resultUsableAfter > Date.parse(data.asOf)) {
    violate(4, `the analysis as of ${data.asOf} used a result of ${latestKickoff}`);
  }
}

function checkPredicted(
  event: Recorded<"match.predicted">,
  request: Request,
  violate: Violate,
  { neverStill }: Beside,
): void {
  const strangers = event.data.answers.filter(({ model }) => request.roster?.includes(model) !== true);
  for (const { model } of strangers) violate(8, `${model} answered without being on the roster`);
  const limit = request.time + 2 * request.budgetMs;
  if (neverStill && event.time > limit)
    violate(8, `answers came ${event.time - limit} ms after twice their request's budget`);
}

function note(record: Record, event: MatchEvent): void {
  if (isRequest(event)) {
    const { stage, round, budgetMs, retroactive } = event.data;
    const roster = event.type === "match.prediction.requested" ? event.data.roster.map(({ model }) => model) : null;
    record.requests.set(event.id, { stage, round, time: event.time, budgetMs, retroactive, roster });
  }
  if (event.type === "match.predicted") record.answers.push(...recountAnswers(event, record));
}

/** Stages that fell due and neither ended nor wait for anything: the silent holes this system exists to rule out. */
function skippedStages(match: Match, now: number, listed: readonly (Stage | null)[], policy: Policy): string[] {
  const { fixture } = match;
  if (fixture === null || fixture.purpose === "history" || fixture.status === "postponed") return [];
  const skipped: string[] = [];
  const terminal = isTerminal(fixture.status);
  const open = { ...currentRound(match, policy).stages, settle: match.stages.settle };
  for (const stage of stages) {
    const { request, failure, done } = open[stage];
    const dueAt = stageDueAt(stage, match, policy);
    if (request !== null || listed.includes(stage) || isRetro(stage, match) || dueAt === null || now < dueAt) continue;
    if (stage === "settle" ? match.retro !== null || isSettled(match) : terminal || done !== null) continue;
    if (failure !== null && failure.retryAt !== null) {
      if (failure.retryAt <= now)
        skipped.push(`${stage} was to be tried again at ${new Date(failure.retryAt).toISOString()} and was not`);
    } else if (failure === null && (stage === "settle" || hasBegun(fixture, now))) {
      skipped.push(stage === "settle" ? "settle is neither done nor due" : `${stage} passed kick-off without an end`);
    } else if (failure === null && stage === "analyse") {
      skipped.push("analyse is neither done nor due");
    }
  }
  const stuck =
    match.retro !== null && hasBegun(fixture, now) && match.retro.stages.every((stage) => isIdle(match, stage, listed));
  if (stuck) skipped.push("a retro request is in flight and nothing is asked for it");
  return skipped;
}

function isSettled(match: Match): boolean {
  const basis = basisOf(match);
  return basis === null || basis === match.settlement?.basis;
}

function isIdle(match: Match, stage: Stage, listed: readonly (Stage | null)[]): boolean {
  const { request, failure } = match.stages[stage];
  return request === null && failure === null && !listed.includes(stage);
}

function stageOfDue(due: Due): Stage | null {
  switch (due.kind) {
    case "request":
      return due.stage;
    case "missed":
      return due.data.stage;
    case "no-lineups":
      return "lineups";
    case "retro":
    case "gap-raised":
    case "gap-resolved":
      return null;
  }
}
