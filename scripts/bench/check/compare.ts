/** What is kept of a bench's run: greater is better for every ratio. */
export interface Recorded {
  size: number;
  runs: number;
  ratios: Record<string, number>;
}

export interface Verdict {
  bench: string;
  ratio: string;
  recorded: number | null;
  found: number | null;
  /**
   * `worse`: it fell by more than the tolerance; `better`: it rose by as much, so that a later fall would go unnoticed; `new` and
   * `unmeasured`: one of the two is not there, as where a machine has no Redis.
   */
  verdict: "held" | "worse" | "better" | "new" | "unmeasured";
}

/** A ratio that moves by less is noise, on a machine that does nothing else. */
export const tolerance = 0.25;

/** Compares two runs of one bench, ratio by ratio. `recorded` is null for a bench that never was. Throws where they were of another size. */
export function compare(bench: string, recorded: Recorded | null, found: Recorded): Verdict[] {
  if (recorded !== null && (recorded.size !== found.size || recorded.runs !== found.runs)) {
    throw new Error(
      `${bench} was recorded with --size ${recorded.size} --runs ${recorded.runs} and ran with --size ${found.size} --runs ${found.runs}: record it anew`,
    );
  }
  const names = new Set([...Object.keys(recorded?.ratios ?? {}), ...Object.keys(found.ratios)]);
  return [...names].map((ratio) => {
    const [before, now] = [recorded?.ratios[ratio] ?? null, found.ratios[ratio] ?? null];
    return { bench, ratio, recorded: before, found: now, verdict: verdictOf(before, now) };
  });
}

function verdictOf(recorded: number | null, found: number | null): Verdict["verdict"] {
  if (found === null) return "unmeasured";
  if (recorded === null) return "new";
  if (found < recorded * (1 - tolerance)) return "worse";
  return found > recorded * (1 + tolerance) ? "better" : "held";
}
