import { tendency } from "../../src/match/settlement.ts";
import { mean } from "./bootstrap.ts";
import type { Said } from "./roll.ts";
import type { Scored } from "./scores.ts";

export interface Diversity {
  /** Names, in the order of the rows and columns. */
  members: readonly string[];
  /** Pearson correlation of the errors: probability minus outcome, over home, draw and away of every match. */
  correlation: readonly (readonly number[])[];
  /** The same of what each says beyond the panel: all errors have the match's surprise in common, which hides how they differ. */
  departures: readonly (readonly number[])[];
  /** Share of the matches in which both gave the same tip. */
  sameTips: readonly (readonly number[])[];
}

export interface Pair {
  a: string;
  b: string;
  value: number;
}

/** The two members with the most tips in common over one season. */
export interface AlikeInSeason extends Pair {
  competition: string;
  season: string;
  n: number;
}

export function diversityOf(members: readonly Scored[], panel: Scored): Diversity {
  const common = errorsOf(panel);
  const errors = members.map(errorsOf);
  const tips = members.map(({ said }) => said.map(tipOf));
  return {
    members: members.map(({ name }) => name),
    correlation: correlations(errors),
    departures: correlations(errors.map((own) => own.map((error, i) => error - (common[i] as number)))),
    sameTips: sameTipsOf(tips),
  };
}

function tipOf(said: Said | undefined): string | null {
  return said?.tip ? `${said.tip.home}-${said.tip.away}` : null;
}

function sameTipsOf(tips: readonly (readonly (string | null)[])[]): number[][] {
  return symmetric(tips.length, (i, j) => {
    const [a, b] = [tips[i] ?? [], tips[j] ?? []];
    return mean(a.map((tip, k) => (tip !== null && tip === b[k] ? 1 : 0)));
  });
}

/** Of each season by itself, oldest first: over several seasons together two members may differ that hardly do in one. */
export function mostAlike(
  members: readonly Scored[],
  matches: readonly { competition: string; season: string }[],
): AlikeInSeason[] {
  const seasons = new Map<string, number[]>();
  for (const [index, { competition, season }] of matches.entries()) {
    const key = `${competition} ${season}`;
    seasons.set(key, [...(seasons.get(key) ?? []), index]);
  }
  const names = members.map(({ name }) => name);
  return [...seasons.values()].flatMap((indices) => {
    const { competition = "", season = "" } = matches[indices[0] ?? 0] ?? {};
    const own = members.map(({ said }) => indices.map((index) => tipOf(said[index])));
    const [most] = highestPairs(names, sameTipsOf(own));
    return most === undefined ? [] : [{ competition, season, n: indices.length, ...most }];
  });
}

/** The pairs of a table of both orders, highest first. */
export function highestPairs(members: readonly string[], table: readonly (readonly number[])[]): Pair[] {
  return members
    .flatMap((a, i) => members.slice(i + 1).map((b, k) => ({ a, b, value: table[i]?.[i + 1 + k] as number })))
    .sort((x, y) => y.value - x.value);
}

/** Probability minus outcome, over home, draw and away of every match. */
function errorsOf({ said, results }: Scored): number[] {
  return said.flatMap(({ probabilities }, i) => {
    const score = results[i];
    const outcome = score && tendency(score);
    return (["home", "draw", "away"] as const).map((of) => probabilities[of] - (of === outcome ? 1 : 0));
  });
}

function correlations(series: readonly (readonly number[])[]): number[][] {
  const standard = series.map(standardised);
  return symmetric(series.length, (i, j) => {
    const [a, b] = [standard[i] ?? [], standard[j] ?? []];
    return mean(a.map((value, k) => value * (b[k] as number)));
  });
}

function standardised(values: readonly number[]): number[] {
  const centre = mean(values);
  const deviation = Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
  return values.map((value) => (value - centre) / deviation);
}

function symmetric(size: number, value: (i: number, j: number) => number): number[][] {
  const table = Array.from({ length: size }, () => Array.from({ length: size }, () => 1));
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) {
      const both = value(i, j);
      (table[i] as number[])[j] = both;
      (table[j] as number[])[i] = both;
    }
  }
  return table;
}
