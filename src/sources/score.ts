import type { Finished, Score } from "../match/event.ts";
import { roundOf } from "./rounds.ts";

export type Result = Pick<Finished, "score" | "how">;

/** Why what a provider tells of a match that has ended is no score for us. It waits in quarantine for another word. */
export interface Doubt {
  code: "no-90-minute-score" | "contradictory-score" | "absurd-score";
  text: string;
}

/** A match that was not decided after 90 minutes. */
export interface Extended {
  /** After 90 minutes. */
  regular: Score;
  /** After extra time, without the shoot-out. */
  end: Score;
  /** There was extra time without goals, or its goals are told; false: nobody speaks of it. */
  hadExtraTime: boolean;
  shootOut: Score | null;
  mayBeSecondLeg: boolean;
}

/**
 * The most goals a side may have in one part of a match. 36 is the record of a first-class match: Arbroath 36-0 Bon Accord,
 * Scottish Cup, 12 September 1885 (Guinness World Records). The 149-0 of Antananarivo in 2002 was own goals in protest, and no
 * shoot-out has had more than 25 (Bedlington 24-25 Washington, 2022).
 */
const goalsMax = 36;

function doubt(code: Doubt["code"], text: string): Doubt {
  return { code, text };
}

export function isDoubt(it: Result | Doubt | null): it is Doubt {
  return it !== null && "code" in it;
}

type Side = { home: number | null; away: number | null } | null | undefined;

/** null unless both sides' goals are told. */
export function whole(score: Side): Score | null {
  if (score === null || score === undefined || score.home === null || score.away === null) return null;
  return { home: score.home, away: score.away };
}

/** Names the first value that counts no goals, in whichever part it stands: negative, or not whole. */
export function noGoals(parts: Readonly<Record<string, Side>>): Doubt | null {
  for (const [part, score] of Object.entries(parts)) {
    for (const goals of [score?.home, score?.away]) {
      if (goals === null || goals === undefined || (Number.isSafeInteger(goals) && goals >= 0)) continue;
      return doubt("absurd-score", `${goals} in its ${part} counts no goals`);
    }
  }
  return null;
}

/** Whether what is told of a part, be it one side's goals, is in it. */
export function agrees(part: Side, score: Score): boolean {
  const { home, away } = part ?? {};
  return (home ?? score.home) === score.home && (away ?? score.away) === score.away;
}

/** Goals are not taken back after half-time; null: none was. */
export function fallen(halfTime: Side, regular: Score): Doubt | null {
  const [home, away] = [halfTime?.home ?? 0, halfTime?.away ?? 0];
  if (home <= regular.home && away <= regular.away) return null;
  return contradiction(`${partly(halfTime)} at half-time cannot become ${told(regular)}`);
}

/** As told, though it may be of one side alone. */
export function partly(part: Side): string {
  return `${part?.home ?? "?"}-${part?.away ?? "?"}`;
}

/** The result, unless a part of it has more goals than there ever were. */
export function withinRecord(result: Result): Result | Doubt {
  const { regular, extraTime, shootOut } = result.score;
  for (const score of [regular, extraTime, shootOut]) {
    if (score === null || Math.max(score.home, score.away) <= goalsMax) continue;
    return doubt("absurd-score", `${told(score)} has more goals than any match on record (${goalsMax})`);
  }
  return result;
}

/**
 * The result of a match that went on after 90 minutes, or what its parts have against each other: extra time without goals
 * decides nothing, and a shoot-out comes where it changed nothing. A single match goes on only when it is level. The second of
 * two legs goes on when the sum is: Düsseldorf 0-3 Bochum after 0-3 the other way round went to a shoot-out (Bundesliga
 * relegation, 27 May 2024).
 */
export function extended({ regular, end, hadExtraTime, shootOut, mayBeSecondLeg }: Extended): Result | Doubt {
  const extra = minus(end, regular);
  if (extra.home < 0 || extra.away < 0)
    return contradiction(`${told(regular)} after 90 minutes cannot become ${told(end)}`);
  if (!mayBeSecondLeg && !isLevel(regular))
    return contradiction(`${told(regular)} after 90 minutes is decided, and it is no second leg`);
  if (shootOut === null) {
    if (!hasGoals(extra) || (!mayBeSecondLeg && isLevel(end)))
      return contradiction(`extra time from ${told(regular)} to ${told(end)} decides nothing`);
    return withinRecord({ score: { regular, extraTime: end, shootOut: null }, how: "extra-time" });
  }
  if (!isLevel(extra)) return contradiction(`extra time from ${told(regular)} to ${told(end)} leaves no shoot-out`);
  if (isLevel(shootOut)) return contradiction(`a shoot-out does not end ${told(shootOut)}`);
  // Some cups go to the shoot-out without extra time.
  const extraTime = hadExtraTime || hasGoals(extra) ? end : null;
  return withinRecord({ score: { regular, extraTime, shootOut }, how: "shoot-out" });
}

/** A league's numbered rounds have no second legs; a play-off's name seldom tells which of two it is. */
export function mayBeSecondLeg(matchday: string | null): boolean {
  const round = roundOf(matchday);
  return round !== null && "stage" in round;
}

export function contradiction(text: string): Doubt {
  return doubt("contradictory-score", text);
}

/** Nothing speaks against the score: it is not told, or not so that the one after 90 minutes can be made out. */
export function untold(text: string): Doubt {
  return doubt("no-90-minute-score", text);
}

export function told({ home, away }: Score): string {
  return `${home}-${away}`;
}

export function minus(a: Score, b: Score): Score {
  return { home: a.home - b.home, away: a.away - b.away };
}

export function isSame(a: Score, b: Score): boolean {
  return a.home === b.home && a.away === b.away;
}

export function hasGoals(score: Score | null): boolean {
  return score !== null && (score.home !== 0 || score.away !== 0);
}

function isLevel({ home, away }: Score): boolean {
  return home === away;
}
