import type { Inputs, RosterEntry } from "../match/event.ts";
import { families as allFamilies } from "./families.ts";
import { assertDistribution, expectedGoalsOf, probabilitiesOf } from "./matrix.ts";
import type { Family, FixtureToForecast, Forecast, Member, PlayedMatch, RatingState } from "./member.ts";
import { type Memory, memoryOf } from "./memory.ts";
import { type ResultStore, resultReader } from "./results.ts";
import { bestTip } from "./tip.ts";

export interface Abstained {
  /** For people: nothing reads it. */
  abstained: string;
}

export interface Panel {
  readonly roster: readonly RosterEntry[];
  /** What the panel knows of a competition at `asOf` (epoch ms): results are read once, for all members and fixtures of that instant. */
  at(competition: string, asOf: number, results: ResultStore, usableAfter: number): PanelAt;
  /** One member's forecast. The same arguments and results give the same forecast to the last bit, whatever was asked before. */
  forecast(
    model: string,
    fixture: FixtureToForecast,
    asOf: number,
    results: ResultStore,
    usableAfter: number,
  ): Forecast | Abstained;
}

export interface PanelAt {
  /** The results that kicked off at least `usableAfter` before the instant, ascending. Stays what it was, across awaits too. */
  readonly usable: readonly PlayedMatch[];
  readonly inputs: Inputs;
  /** What the model has to learn before it can forecast, in steps of a few milliseconds at most; `forecast` does the rest at once. */
  learning(model: string): Iterable<void>;
  forecast(model: string, fixture: FixtureToForecast): Forecast | Abstained;
}

/** Throws a RangeError on a family or parameter that does not exist and on two members of one name. */
export function createPanel(members: readonly Member[], families: ReadonlyMap<string, Family> = allFamilies): Panel {
  const memories = new Map<string, Memory>();
  for (const member of members) {
    if (memories.has(member.name)) throw new RangeError(`two members are called "${member.name}": rename one`);
    memories.set(member.name, memoryOf(stateMaker(member, families)));
  }
  const usableResults = resultReader();

  const at: Panel["at"] = (competition, asOf, results, usableAfter) => {
    const until = asOf - usableAfter;
    const usable = usableResults(competition, until, results);
    const latest = usable.at(-1);
    return {
      usable,
      inputs: { results: usable.length, latestKickoff: latest ? new Date(latest.kickoff).toISOString() : null },
      learning: (model) => memories.get(model)?.learning(competition, usable) ?? [],
      forecast(model, fixture) {
        const memory = memories.get(model);
        if (!memory)
          return { abstained: `the panel has no member "${model}"; it has ${[...memories.keys()].join(", ")}` };
        if (fixture.competition !== competition) {
          throw new Error(`${fixture.matchId} is of ${fixture.competition}, the results are of ${competition}`);
        }
        if (!(fixture.kickoff > until)) throw new Error(`${fixture.matchId} would be forecast from its own result`);
        return forecastFrom(memory.state(competition, usable), model, fixture);
      },
    };
  };

  return {
    roster: members.map(({ name, version }) => ({ model: name, version })),
    at,
    forecast: (model, fixture, asOf, results, usableAfter) =>
      at(fixture.competition, asOf, results, usableAfter).forecast(model, fixture),
  };
}

function stateMaker(member: Member, families: ReadonlyMap<string, Family>): () => RatingState {
  const family = families.get(member.family);
  if (!family) {
    throw new RangeError(
      `member "${member.name}" is of family "${member.family}"; there is ${[...families.keys()].join(", ")}`,
    );
  }
  family.create(member.params); // bad parameters should stop the start, not the first forecast
  return () => family.create(member.params);
}

function forecastFrom(state: RatingState, model: string, fixture: FixtureToForecast): Forecast {
  const matrix = state.predict(fixture);
  assertDistribution(matrix, model);
  return {
    matrix,
    probabilities: probabilitiesOf(matrix),
    tip: bestTip(matrix),
    expectedGoals: expectedGoalsOf(matrix),
  };
}
