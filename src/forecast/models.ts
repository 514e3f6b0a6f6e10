import { setImmediate } from "node:timers/promises";
import type { Analysed, Lineups, ModelAnswer, RosterEntry } from "../match/event.ts";
import type { PanelGoals } from "./analysis.ts";
import type { FixtureToForecast } from "./member.ts";
import type { Panel, PanelAt } from "./panel.ts";
import type { ResultStore } from "./results.ts";

/** What a model is asked: one match, from what was usable at an instant. One object for all models of a run. */
export interface Question {
  fixture: FixtureToForecast;
  /** Epoch milliseconds. */
  asOf: number;
  /** The teams as the source spells them: text from outside. */
  names: { home: string; away: string };
  /** What the log holds about the match, read once, for those who ask. */
  background(): Promise<Background>;
}

export interface Background {
  analysis: Analysed;
  /** null while nobody has said anything about them. */
  lineups: Lineups | null;
}

/** What calling a model is bound to. */
export interface Terms {
  /** Whoever is called through one lane shares its room: calls to one address. */
  lane: string;
  /** Calls under way in that lane, at most; the smallest number named for a lane counts. */
  concurrency: number;
  /** The most it may cost in a day (UTC), null for no limit. What is under way when it is reached still ends. */
  dailyCostMax: number | null;
}

/** The models of the panel as the stages call them. */
export interface Models {
  readonly roster: readonly RosterEntry[];
  /** null, or absent, for a model that is computed here: nothing binds it. */
  terms?(model: string): Terms | null;
  /**
   * One model's answer. What goes wrong with a model is an outcome with its category; it rejects only with the signal's
   * reason. Throwing anything else is a bug of the stage.
   */
  ask(model: string, question: Question, signal: AbortSignal): Promise<ModelAnswer>;
  /** The goals that the models which cost nothing expect on average; null, or absent, where there is none. */
  expectedGoals?(asked: Pick<Question, "fixture" | "asOf">, signal: AbortSignal): Promise<PanelGoals | null>;
}

/** Measures how long an answer took, in milliseconds of wall time. */
export type Stopwatch = () => number;

/** How long they may compute before others have a turn: an event loop must never stand still for 100 ms. */
const sliceMs = 15;

/** The statistical members: they compute from the results in the read model, one after another. */
export function statisticalModels(panel: Panel, results: ResultStore, usableAfter: number, elapsed: Stopwatch): Models {
  // One reading of the results for all members: a third of a season's time went into one for each.
  const views = new WeakMap<Question, PanelAt>();
  const viewFor = (question: Question): PanelAt => {
    const view = views.get(question) ?? panel.at(question.fixture.competition, question.asOf, results, usableAfter);
    views.set(question, view);
    return view;
  };
  const inTurn = oneAtATime();
  let sliceBegan = elapsed();
  const sliceOver = () => elapsed() - sliceBegan >= sliceMs;
  const nextSlice = async (signal: AbortSignal) => {
    await setImmediate();
    sliceBegan = elapsed();
    signal.throwIfAborted();
  };

  async function answer(model: string, question: Question, signal: AbortSignal): Promise<ModelAnswer> {
    signal.throwIfAborted();
    if (sliceOver()) await nextSlice(signal);
    const began = elapsed();
    const view = viewFor(question);
    // After a restart, or for a season long past, a member has years to learn.
    for (const _ of view.learning(model)) if (sliceOver()) await nextSlice(signal);
    const forecast = view.forecast(model, question.fixture);
    if ("abstained" in forecast) return { model, outcome: "abstained", category: null, reason: forecast.abstained };
    const { tip, probabilities } = forecast;
    return { model, tip, probabilities, latencyMs: Math.round(elapsed() - began), cost: 0 };
  }

  async function goals({ fixture, asOf }: Pick<Question, "fixture" | "asOf">, signal: AbortSignal) {
    const view = panel.at(fixture.competition, asOf, results, usableAfter);
    const sum = { home: 0, away: 0 };
    let of = 0;
    for (const { model } of panel.roster) {
      if (sliceOver()) await nextSlice(signal);
      for (const _ of view.learning(model)) if (sliceOver()) await nextSlice(signal);
      const forecast = view.forecast(model, fixture);
      if ("abstained" in forecast) continue;
      sum.home += forecast.expectedGoals.home;
      sum.away += forecast.expectedGoals.away;
      of++;
    }
    return of === 0 ? null : { goals: { home: sum.home / of, away: sum.away / of }, of };
  }

  return {
    roster: panel.roster,
    ask: (model, question, signal) => inTurn(() => answer(model, question, signal)),
    expectedGoals: (asked, signal) => inTurn(() => goals(asked, signal)),
  };
}

/** Two that learn side by side would each build the state that one could leave to the other. */
function oneAtATime(): <T>(run: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (run) => {
    const result = last.then(run);
    last = result.catch(() => undefined);
    return result;
  };
}
