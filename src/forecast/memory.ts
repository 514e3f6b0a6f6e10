import type { PlayedMatch, RatingState } from "./member.ts";

/** One member's states, one or two per competition. */
export interface Memory {
  /** A state that has learnt exactly `usable`; the objects of the list must be the same ones while their match is unchanged. */
  state(competition: string, usable: readonly PlayedMatch[]): RatingState;
  /** The same in steps of one match. Left before its end, it keeps what it has learnt for the next. */
  learning(competition: string, usable: readonly PlayedMatch[]): Generator<void, RatingState>;
}

/** A state and what it was taught, in order. */
interface Taught {
  state: RatingState;
  matches: PlayedMatch[];
}

/** Live forecasts and a backfill of a past season go on side by side; with one state each would rebuild for the other. */
const statesMax = 2;

/** Teaches a state only what is new when the list extends what it was taught, and a fresh one otherwise: learning cannot be undone. */
export function memoryOf(create: () => RatingState): Memory {
  const known = new Map<string, Taught[]>();

  function* learning(competition: string, usable: readonly PlayedMatch[]): Generator<void, RatingState> {
    const states = known.get(competition) ?? [];
    const taught = longestPrefix(states, usable) ?? { state: create(), matches: [] };
    known.set(
      competition,
      states.filter((other) => other !== taught),
    );
    // Out of the memory while it learns: a state that threw half-way must never answer.
    let whole = true;
    try {
      for (const match of usable.slice(taught.matches.length)) {
        whole = false;
        taught.state.learn(match);
        taught.matches.push(match);
        whole = true;
        yield;
      }
    } finally {
      if (whole) known.set(competition, [taught, ...(known.get(competition) ?? [])].slice(0, statesMax));
    }
    return taught.state;
  }

  return {
    learning,
    state(competition, usable) {
      const steps = learning(competition, usable);
      for (;;) {
        const step = steps.next();
        if (step.done) return step.value;
      }
    },
  };
}

function longestPrefix(states: readonly Taught[], usable: readonly PlayedMatch[]): Taught | undefined {
  let longest: Taught | undefined;
  for (const taught of states) {
    if (longest && taught.matches.length <= longest.matches.length) continue;
    if (isPrefix(taught.matches, usable)) longest = taught;
  }
  return longest;
}

function isPrefix(taught: readonly PlayedMatch[], usable: readonly PlayedMatch[]): boolean {
  return taught.length <= usable.length && taught.every((match, index) => match === usable[index]);
}
