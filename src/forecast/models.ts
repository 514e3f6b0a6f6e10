import type { Analysed, Lineups, ModelAnswer, RosterEntry } from "../match/event.ts";
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

/** The models of the panel as the predict stage calls them. */
export interface Models {
  readonly roster: readonly RosterEntry[];
  /** null, or absent, for a model that is computed here: nothing binds it. */
  terms?(model: string): Terms | null;
  /**
   * One model's answer. What goes wrong with a model is an outcome with its category; it rejects only with the signal's
   * reason. Throwing anything else is a bug of the stage.
   */
  ask(model: string, question: Question, signal: AbortSignal): Promise<ModelAnswer>;
}

/** Measures how long an answer took, in milliseconds of wall time. */
export type Stopwatch = () => number;

/** The statistical members: they compute from the results in the read model. */
export function statisticalModels(panel: Panel, results: ResultStore, usableAfter: number, elapsed: Stopwatch): Models {
  // One reading of the results for all members: a third of a season's time went into one for each.
  const views = new WeakMap<Question, PanelAt>();
  const viewFor = (question: Question): PanelAt => {
    const view = views.get(question) ?? panel.at(question.fixture.competition, question.asOf, results, usableAfter);
    views.set(question, view);
    return view;
  };
  return {
    roster: panel.roster,
    ask(model, question) {
      const began = elapsed();
      const forecast = viewFor(question).forecast(model, question.fixture);
      if ("abstained" in forecast) {
        return Promise.resolve({ model, outcome: "abstained", category: null, reason: forecast.abstained });
      }
      const { tip, probabilities } = forecast;
      return Promise.resolve({ model, tip, probabilities, latencyMs: Math.round(elapsed() - began), cost: 0 });
    },
  };
}
