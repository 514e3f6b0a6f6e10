/** The one source of chance of a run: the same seed gives the same draws, in the same order. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** An integer, both ends included. */
  int(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  shuffle<T>(of: readonly T[]): T[];
  /** A stream of its own: what is drawn from it moves nobody else's draws. */
  fork(): Random;
}

/** Mulberry32 (Tommy Ettinger's SplitMix variant): 32 bits of state are plenty for choosing faults. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  }
  const int = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick<T>(from: readonly T[]): T {
      if (from.length === 0) throw new Error("nothing to pick from");
      return from[int(0, from.length - 1)] as T;
    },
    shuffle<T>(of: readonly T[]): T[] {
      const all = [...of];
      for (let at = all.length - 1; at > 0; at--) {
        const other = int(0, at);
        [all[at], all[other]] = [all[other] as T, all[at] as T];
      }
      return all;
    },
    fork: () => seededRandom(int(0, 0xffff_ffff)),
  };
}
