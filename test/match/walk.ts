import fc from "fast-check";
import { due } from "../../src/match/due.ts";
import type { Category, ModelAnswer, Stage } from "../../src/match/event.ts";
import { nextDueAt } from "../../src/match/next-due.ts";
import type { Status } from "../../src/match/status.ts";
import { day, failedModel, type History, history, hour, kickoff, minute, second, tip } from "../support/history.ts";

/** One step in a match's life, in a world where everything may go wrong but nobody forges anything. */
export type Step =
  | { do: "wait"; ms: number }
  | { do: "next"; late: number }
  /** To just around a landmark before (positive) or after kick-off. */
  | { do: "around"; before: number }
  /** All goes well for a while: what is due is asked for and answered. Without it few walks come far enough to break anything. */
  | { do: "thrive"; turns: number }
  /** What is due is appended; `mask` leaves out some requests, as back-pressure does. */
  | { do: "dispatch"; mask: number }
  | {
      do: "answer";
      stage: Stage;
      kind: "good" | "some" | "none" | "failed";
      category: Category;
      retryIn: number | null;
    }
  | { do: "move"; by: number }
  | { do: "status"; status: Status }
  | { do: "finish"; home: number; away: number }
  | { do: "word"; word: "retro" | "retry"; stages: Stage[] | null }
  | { do: "dismiss"; stage: Stage };

const stage = fc.constantFrom<Stage>("analyse", "lineups", "predict", "settle");
const failure = fc.constantFrom<Category>(
  "transient",
  "rate-limited",
  "budget",
  "no-data-yet",
  "permanent",
  "bug",
  "crash",
);
const landmarks = [6 * hour, 4 * hour, 2 * hour, hour, 30 * minute, 20 * minute, minute, 0, -2 * hour, -day, -8 * day];
const moves = [-30 * hour, -5 * hour, -10 * minute, 5 * minute, 3 * hour, 20 * hour, 24 * hour, 25 * hour, 4 * day];

export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("wait" as const),
      ms: fc.constantFrom(0, 1, 59 * second, minute, 5 * minute, 11 * minute, hour, day),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("next" as const),
      late: fc.constantFrom(0, 0, 0, 1, minute, 20 * minute, 3 * hour),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("thrive" as const), turns: fc.integer({ min: 1, max: 12 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("around" as const), before: fc.constantFrom(...landmarks) }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant("dispatch" as const), mask: fc.constantFrom(255, 255, 255, 0b10, 0b01, 0) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("answer" as const),
      stage,
      kind: fc.constantFrom("good" as const, "good" as const, "some" as const, "none" as const, "failed" as const),
      category: failure,
      retryIn: fc.constantFrom(null, 0, minute, 7 * hour),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("move" as const), by: fc.constantFrom(...moves) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("status" as const),
      status: fc.constantFrom<Status>(
        "scheduled",
        "scheduled",
        "in-play",
        "interrupted",
        "postponed",
        "cancelled",
        "abandoned",
        "awarded",
        "walk-over",
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("finish" as const), home: fc.nat(3), away: fc.nat(3) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("word" as const),
      word: fc.constantFrom("retro" as const, "retry" as const),
      stages: fc.constantFrom<Stage[] | null>(null, null, ["analyse"], ["predict"], ["settle"]),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("dismiss" as const), stage }) },
);

export const steps = fc.array(step, { maxLength: 40 });

export function walk(path: readonly Step[]): History {
  const life = history().scheduled();
  for (const it of path) take(life, it);
  return life;
}

export function take(life: History, it: Step): void {
  const { match, now, policy } = life;
  const at = match.fixture?.kickoff ?? kickoff;
  switch (it.do) {
    case "wait":
      life.after(it.ms);
      return;
    case "next":
      life.at(Math.max(now, (nextDueAt(match, policy) ?? now) + it.late));
      return;
    case "around":
      life.at(Math.max(now, at - it.before));
      return;
    case "thrive":
      for (let turn = 0; turn < it.turns; turn++) {
        if (life.dispatch().length > 0 || answerAll(life, true)) continue;
        const next = nextDueAt(life.match, policy);
        if (next === null) return;
        life.at(Math.max(life.now, next));
      }
      return;
    case "dispatch": {
      let bit = 0;
      life.dispatch((due) => due.kind !== "request" || ((it.mask >> bit++) & 1) === 1);
      return;
    }
    case "answer":
      answer(life, it);
      return;
    case "move":
      life.scheduled({ kickoff: at + it.by });
      return;
    case "status":
      life.scheduled({ status: it.status });
      return;
    case "finish":
      // A source tells a score only of a match that has been played.
      if (now >= at + 100 * minute) life.finished(it.home, it.away);
      return;
    case "word":
      if (it.word === "retro") life.retro({ stages: it.stages });
      else life.retry({ stages: it.stages });
      return;
    case "dismiss":
      if (match.stages[it.stage].failure === null) return;
      life.event("match.failure.dismissed", { stage: it.stage, by: "me", reason: "known" });
      return;
  }
}

/** As a worker would: only an open request that has not expired, and no normal one once the match is over. */
function answer(life: History, it: Extract<Step, { do: "answer" }>): void {
  const request = life.match.stages[it.stage].request;
  if (
    request === null ||
    life.now > request.time + request.budgetMs + life.policy.unansweredAfter ||
    it.kind === "none"
  )
    return;
  if (it.kind === "failed") {
    const retryAt = it.retryIn === null ? undefined : life.now + it.retryIn;
    life.failed(it.stage, { category: it.category, reason: "walked into it", retryAt });
    return;
  }
  if (it.stage === "analyse") life.analysed();
  else if (it.stage === "lineups") life.lineups(it.kind === "good");
  else if (it.stage === "settle") life.settled();
  else if (it.kind === "good") life.predicted();
  else {
    const mixed: ModelAnswer[] = [tip("elo", 1, 1), failedModel("pi", it.category)];
    life.predicted(mixed);
    if (life.match.stages.predict.request?.id === request.id) life.failed("predict", { category: "transient" });
  }
}

/** Obeys `due` to the end in a healthy world: every request is answered, the source finishes or redates the match. */
export function obey(life: History, { until = null as number | null, healthy = true } = {}): void {
  for (let turn = 0; turn < 3000; turn++) {
    settleDown(life);
    if (answerAll(life, healthy)) continue;
    const next = nextDueAt(life.match, life.policy);
    if (next !== null && next <= life.now) throw new Error(`due at ${next}, dispatched and still due at ${life.now}`);
    if (next !== null && (until === null || next <= until)) life.at(next);
    else if (until !== null || !sourceEnds(life)) return;
  }
  throw new Error("the match has no end");
}

/** Dispatches until nothing is due at this instant; what is appended must not be due again. */
export function settleDown(life: History): void {
  for (let turn = 0; turn < 6; turn++) {
    if (life.dispatch().length === 0) return;
  }
  const left = due(life.match, life.now, life.policy);
  throw new Error(`due again and again at one instant: ${JSON.stringify(left)}`);
}

function answerAll(life: History, healthy: boolean): boolean {
  let answered = false;
  for (const stage of ["analyse", "lineups", "predict", "settle"] as const) {
    const { request } = life.match.stages[stage];
    if (request === null || life.now > request.time + request.budgetMs) continue;
    answered = true;
    if (healthy) {
      life.after(second);
      answer(life, { do: "answer", stage, kind: "good", category: "transient", retryIn: null });
    } else answer(life, { do: "answer", stage, kind: "failed", category: "transient", retryIn: null });
  }
  return answered;
}

/** What the source still has to say when nothing is due: the score, or a new date. */
function sourceEnds(life: History): boolean {
  const { fixture } = life.match;
  if (fixture === null) return false;
  if (fixture.status === "postponed") life.after(hour).scheduled({ status: "scheduled", kickoff: life.now + 2 * day });
  else if (fixture.status === "scheduled" || fixture.status === "in-play" || fixture.status === "interrupted") {
    life.at(Math.max(life.now, fixture.kickoff + 110 * minute)).finished(2, 1);
  } else return false;
  return true;
}
