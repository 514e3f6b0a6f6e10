import { pause } from "../clock.ts";
import type { Delivery } from "../events/log.ts";
import { failedAttempt, type FailureCause } from "../match/attempts.ts";
import type { EventData, MatchEventType, NewEvent, Recorded, Stage } from "../match/event.ts";
import { isRequest, type RequestType, requestTypeOf } from "../match/evolve-requests.ts";
import { fellDueAt, lateMs } from "../match/lateness.ts";
import type { Fixture, Match } from "../match/match.ts";
import { isCurrent } from "../match/schedule.ts";
import { type Actor, crashedAt, defineActor, type Handled } from "./actor.ts";
import { appendToMatch } from "./append.ts";
import { type Deadline, startDeadline, untilAborted } from "./deadline.ts";
import { Stopped } from "./errors.ts";
import { causeOf } from "./failure.ts";
import type { Node } from "./node.ts";
import { type RunOutcome, tell } from "./observer.ts";

/** A fact a stage states about its match; the runtime makes the event of it. */
export type StageFact = {
  [T in MatchEventType]: {
    type: T;
    data: EventData[T];
    /** It holds answers that were paid for: appended whatever happened to the match meanwhile. */
    paid?: boolean;
  };
}[MatchEventType];

export interface StageContext<S extends Stage> {
  request: Recorded<ReturnType<typeof requestTypeOf<S>>>;
  fixture: Fixture;
  /** The match as this run knows it: it grows by the facts the handler has yielded. */
  match(): Match;
  /** Aborts at the budget, when the request is no longer the current one, and on drain. */
  signal: AbortSignal;
  node: Node;
}

export interface StageDefinition<S extends Stage> {
  stage: S;
  concurrency: number;
  /** See Actor. */
  braked?: boolean;
  /** Yields facts to append. Throws `StageError` for a failed attempt; anything else it throws is a `bug`. */
  handle(context: StageContext<S>): AsyncIterable<StageFact> | Iterable<StageFact>;
}

/** Makes an actor of a stage: decode, load, guard, work under a deadline, classify, append. */
export function defineStage<S extends Stage>(definition: StageDefinition<S>): Actor {
  return defineActor({
    name: definition.stage,
    on: definition.stage,
    concurrency: definition.concurrency,
    braked: definition.braked ?? false,
    handle: (delivery, node, drain) => handle(definition, delivery, node, drain),
  });
}

async function handle<S extends Stage>(
  definition: StageDefinition<S>,
  delivery: Delivery,
  node: Node,
  drain: AbortSignal,
): Promise<Handled> {
  const { stage } = definition;
  const request = requestOf(delivery, stage);
  if (request === null) return "ack";
  try {
    await node.readModel.reached(request.event.sequence, drain);
  } catch {
    return "release";
  }
  const match = node.readModel.match(request.matchId);
  if (match === null || match.fixture === null) return "ack";
  const { event } = request;
  if (!isCurrent(match, stage, event.id, node.clock.now(), node.policy)) return "ack";

  const run = { node, stage, event, match, drain };
  if (delivery.deliveries >= crashedAt) {
    await fail(run, {
      category: "crash",
      reason: `its process died ${delivery.deliveries - 1} times with it`,
      fingerprint: `crash:${stage}`,
    });
    return "ack";
  }
  const deadline = startDeadline(node, stage, event, match.id, drain);
  if (deadline === null) return "ack";
  const began = node.clock.elapsed();
  let outcome: RunOutcome = "failed";
  tell(node, (observer) => observer.stageBegan(stage));
  try {
    outcome = await work(definition, run, match.fixture, deadline);
    return outcome === "drained" ? "release" : "ack";
  } finally {
    deadline.stop();
    const durationMs = node.clock.elapsed() - began;
    tell(node, (observer) => observer.stageEnded({ stage, outcome, durationMs, lateMs: lateBy(run, match) }));
  }
}

/** Whether the run has ended its stage since `before`. */
function isDoneBy({ match, stage }: Run, before: Match): boolean {
  const { done } = match.stages[stage];
  return done !== null && done.sequence !== before.stages[stage].done?.sequence;
}

/** Work in hindsight is late by days, and nobody's fault. */
function lateBy(run: Run, before: Match): number | null {
  if (run.event.data.retroactive || !isDoneBy(run, before)) return null;
  const dueAt = fellDueAt(run.stage, run.match, run.node.policy);
  return dueAt === null ? null : lateMs(run.match.stages[run.stage].done?.time ?? null, dueAt);
}

interface Request {
  matchId: string;
  event: Recorded<RequestType>;
}

function requestOf(delivery: Delivery, stage: Stage): Request | null {
  const { entity, event } = delivery.message;
  if (event === null || entity?.root !== "match") return null;
  const candidate = event as Recorded<MatchEventType>;
  return isRequest(candidate) && candidate.data.stage === stage ? { matchId: entity.id, event: candidate } : null;
}

interface Run {
  node: Node;
  stage: Stage;
  event: Recorded<RequestType>;
  match: Match;
  drain: AbortSignal;
}

async function work<S extends Stage>(
  definition: StageDefinition<S>,
  run: Run,
  fixture: Fixture,
  deadline: Deadline,
): Promise<RunOutcome> {
  const { signal } = deadline;
  const before = run.match;
  const ended = (): RunOutcome => (isDoneBy(run, before) ? "done" : "dropped");
  const request = run.event as StageContext<S>["request"];
  const context: StageContext<S> = { request, fixture, match: () => run.match, signal, node: run.node };
  try {
    const facts = definition.handle(context);
    const iterator = Symbol.asyncIterator in facts ? facts[Symbol.asyncIterator]() : facts[Symbol.iterator]();
    for (;;) {
      const next = await untilAborted(Promise.resolve(iterator.next()), signal, run.node.clock);
      if (next.done) return ended();
      if (await state(run, next.value)) continue;
      // What is under way stops; what was paid for and has arrived is still stated. After its own last fact nothing is.
      if (!isDoneBy(run, before)) deadline.abort("superseded");
      if (!next.value.paid) return ended();
    }
  } catch (error) {
    const why = signal.aborted && signal.reason instanceof Stopped ? signal.reason.why : null;
    if (why === "drain") return "drained";
    if (why === "superseded" || why === "expired") return ended();
    const budget = `no answer within its budget of ${run.event.data.budgetMs / 1000} s`;
    await fail(
      run,
      why === "budget" ? { category: "transient", reason: budget, fingerprint: `budget:${run.stage}` } : causeOf(error),
    );
    return "failed";
  }
}

/** Appends a fact; false when the match no longer waits for it. */
async function state(run: Run, fact: StageFact): Promise<boolean> {
  const { node, stage, event } = run;
  const { paid, ...rest } = fact;
  const time = node.clock.now();
  const stated = {
    ...rest,
    id: node.newId(time),
    time,
    actor: `pipeline:${stage}`,
    causationId: event.id,
  } as NewEvent<MatchEventType>;
  const written = await appendToMatch(node, run.match, (match) =>
    paid || isCurrent(match, stage, event.id, node.clock.now(), node.policy) ? [stated] : null,
  );
  run.match = written.state;
  return written.outcome === "appended" && isCurrent(run.match, stage, event.id, node.clock.now(), node.policy);
}

async function fail(run: Run, cause: FailureCause): Promise<void> {
  const { node, event, stage } = run;
  if (cause.category === "rate-limited" && cause.retryAt !== undefined && node.clock.kind === "simulated") {
    // A limit out there passes on the wall, however fast our clock goes.
    await pause(node.clock, cause.retryAt - node.clock.now(), run.drain);
  }
  const data = failedAttempt(
    { stage, round: event.data.round, attempt: event.data.attempt },
    cause,
    node.clock.now(),
    node.policy,
  );
  if (cause.category === "bug" || cause.category === "crash") {
    node.logger.error(
      { match: run.match.id, stage, category: cause.category, fingerprint: data.fingerprint, reason: data.reason },
      "a stage failed",
    );
  }
  await state(run, { type: "match.failed", data });
}
