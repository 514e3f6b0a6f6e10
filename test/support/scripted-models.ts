import type { Models } from "../../src/forecast/models.ts";
import type { Category, ModelAnswer, Score } from "../../src/match/event.ts";

export interface ModelCall {
  model: string;
  matchId: string;
  /** How often this model was asked about this match, from 1. */
  call: number;
  signal: AbortSignal;
}

export type AnswerModel = (call: ModelCall) => ModelAnswer | Promise<ModelAnswer>;

/** Models that answer what their test says, and remember what they were asked. */
export interface ScriptedModels extends Models {
  /** What one match's models answer, instead of a tip at once. */
  readonly answersOf: Map<string, AnswerModel>;
  /** Every call that was begun, in order. */
  readonly calls: Omit<ModelCall, "signal">[];
}

export function scriptedModels(names: readonly string[] = ["elo", "pi", "poisson"]): ScriptedModels {
  const calls: ScriptedModels["calls"] = [];
  const answersOf: ScriptedModels["answersOf"] = new Map();
  return {
    roster: names.map((model) => ({ model, version: "1" })),
    answersOf,
    calls,
    async ask(model, { fixture: { matchId } }, signal) {
      const call = 1 + calls.filter((it) => it.model === model && it.matchId === matchId).length;
      calls.push({ model, matchId, call });
      return (answersOf.get(matchId) ?? (({ model: name }) => tipOf(name)))({ model, matchId, call, signal });
    },
  };
}

export function tipOf(model: string, tip: Score = { home: 1, away: 0 }): ModelAnswer {
  return { model, tip, probabilities: { home: 0.5, draw: 0.25, away: 0.25 }, latencyMs: 1, cost: 0 };
}

export function failureOf(model: string, category: Category): ModelAnswer {
  return { model, outcome: "failed", category, reason: `${model} is out of order` };
}

/** A call that nobody answers: it ends with its signal, or not even then. */
export function neverAnswers(signal: AbortSignal | null): Promise<never> {
  return new Promise((_, reject) => {
    if (signal === null) return;
    const stop = () => reject(signal.reason as Error);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}
