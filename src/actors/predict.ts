import { setMaxListeners } from "node:events";
import { pause } from "../clock.ts";
import { schemas } from "../events/catalogue.ts";
import { parsedBy } from "../events/unchanged.ts";
import type { Models } from "../forecast/models.ts";
import { burnsAttempt, openModels, outcomeOf } from "../match/answers.ts";
import type { Category, ModelAnswer, RosterEntry } from "../match/event.ts";
import type { Match } from "../match/match.ts";
import type { Policy } from "../match/policy.ts";
import { createAskModel } from "./ask-model.ts";
import { StageError } from "./errors.ts";
import { questionOf } from "./question.ts";
import { defineStage, type StageFact } from "./stage.ts";

/**
 * Calls every roster model that has no final outcome yet and need not be waited for, and states their answers in waves: whatever has arrived each
 * `waveEvery`, so that a crash loses at most the calls in flight.
 */
export function predictActor(models: Models) {
  const ask = createAskModel(models);
  return defineStage({
    stage: "predict",
    concurrency: 200,
    braked: true,
    async *handle({ request, fixture, match, node, signal }): AsyncGenerator<StageFact> {
      const { round, retroactive } = request.data;
      const question = questionOf(match(), fixture, node.log);
      const live = !retroactive;
      // Each of its calls listens: 42 listeners are no leak.
      setMaxListeners(0, signal);
      const arrived: ModelAnswer[] = [];
      let broken: unknown = null;
      const now = node.clock.now();
      const callable = openModels(match()).filter((model) => !isLimited(match(), model, now));
      const frozen = match().round.roster ?? [];
      const calls = callable.map(async (model) => {
        try {
          const answer = replaced(frozen, models, model) ?? (await ask(node, { model, question, live, signal }));
          arrived.push(statable(model, answer));
        } catch (error) {
          if (!signal.aborted) broken ??= error;
        }
      });
      // By hand: `AbortSignal.any` and an abort without a reason cost as much as the calls of a panel that answers at once.
      const ending = new AbortController();
      const over = ending.signal;
      const end = () => ending.abort("over");
      if (signal.aborted) end();
      else signal.addEventListener("abort", end, { once: true });
      const all = Promise.all(calls).then(end);
      const wave = (): StageFact => {
        const answers = arrived.splice(0).sort((a, b) => (a.model < b.model ? -1 : 1));
        return { type: "match.predicted", data: { round, retroactive, answers }, paid: true };
      };
      while (!over.aborted) {
        await pause(node.clock, node.policy.waveEvery, over);
        if (arrived.length > 0) yield wave();
      }
      // Told to stop, calls end at once; what arrived while the last wave was appended is stated too.
      await all;
      while (arrived.length > 0) yield wave();
      signal.throwIfAborted();
      if (broken !== null) throw broken;
      const failure = passingFailure(match(), node.clock.now(), node.policy);
      if (failure !== null) throw failure;
    },
  });
}

/**
 * A round keeps the members it was begun with: one that has become another under the same name, by an upgrade or a changed panel,
 * is as gone as one that was taken out. null for whoever is the same, or not in the panel.
 */
function replaced(frozen: readonly RosterEntry[], { roster }: Models, model: string): ModelAnswer | null {
  const [then, now] = [frozen, roster].map((entries) => entries.find((it) => it.model === model)?.version);
  if (then === undefined || now === undefined || then === now) return null;
  const reason = `the round was begun with its version ${then.slice(0, 40)}, this node has ${now.slice(0, 40)}`;
  return { model, outcome: "abstained", category: null, reason };
}

const parseAnswer = parsedBy(schemas["match.predicted"].shape.answers.element);

/** The log refuses a wave for one bad answer in it, and with it those of all other models: it becomes a failure of its own model. */
function statable(model: string, answer: ModelAnswer): ModelAnswer {
  if (parseAnswer(answer).success) return answer;
  return { model, outcome: "failed", category: "permanent", reason: "its answer is not one that the log can hold" };
}

/** Whether the model said to come back later: called before that, it would only say so again. */
function isLimited(match: Match, model: string, now: number): boolean {
  const { category, retryAt } = outcomeOf(match, model) ?? {};
  return category === "rate-limited" && retryAt !== undefined && Date.parse(retryAt) > now;
}

/** The stage ends as failed while models remain that only failed in passing; it is tried again at the earliest they may be called. */
function passingFailure(match: Match, now: number, policy: Policy): StageError | null {
  const open = openModels(match);
  const waits = open.map((model): Wait => {
    const { category, retryAt } = outcomeOf(match, model) ?? {};
    return { category: category ?? "transient", retryAt: retryAt === undefined ? undefined : Date.parse(retryAt) };
  });
  const byTime = waits.toSorted((a, b) => againAt(a, now, policy) - againAt(b, now, policy));
  const first = waits.find(({ category }) => burnsAttempt(category)) ?? byTime[0];
  if (first === undefined) return null;
  return new StageError(first.category, waitingFor(match, open), {
    fingerprint: `${first.category}:models`,
    retryAt: first.retryAt,
  });
}

/**
 * Names who holds the match back, why the first of them does, and the way out: a model that fails in passing for ever would keep
 * every match incomplete until its kick-off, and no fact ends that but the operator's.
 */
function waitingFor(match: Match, open: readonly string[]): string {
  const [first = ""] = open;
  const [named, more] = [open.slice(0, 4).join(", "), open.length - 4];
  const names = `${named.length > 80 ? `${named.slice(0, 80)}…` : named}${more > 0 ? ` and ${more} more` : ""}`;
  const why = outcomeOf(match, first)?.reason.slice(0, 60);
  const cause = why ? ` (${open.length === 1 ? "" : "the first: "}${why})` : "";
  const have = open.length === 1 ? "model has" : "models have";
  // A failure keeps 300 characters of this: what to do must be among them.
  return `${open.length} ${have} not answered: ${names}${cause}; mend what stays away, or take it out of FULLTIME_PANEL and restart`;
}

interface Wait {
  category: Category;
  /** When the model or its ceiling said to come back, epoch milliseconds. */
  retryAt: number | undefined;
}

function againAt({ retryAt }: Wait, now: number, policy: Policy): number {
  return retryAt ?? now + policy.askAgainEvery;
}
