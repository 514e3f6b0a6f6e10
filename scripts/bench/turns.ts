import type { BenchContext, Figures } from "./bench.ts";

type Sides<Name extends string> = Record<Name, (run: number) => Promise<Figures>>;

/**
 * Runs every side `runs` times and gives the median of each figure. The sides take turns, the first one changing, so that a
 * machine that slows down meanwhile is unfair to none.
 */
export async function takeTurns<Name extends string>(
  { runs, signal, say }: Pick<BenchContext, "runs" | "signal" | "say">,
  sides: Sides<Name>,
): Promise<Record<Name, Figures>> {
  const names = Object.keys(sides) as Name[];
  const found = new Map<Name, Figures[]>(names.map((name) => [name, []]));
  for (let run = 0; run < runs; run++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(run + turn) % names.length] as Name;
      signal.throwIfAborted();
      const figures = await sides[name](run);
      found.get(name)?.push(figures);
      say(`run ${run + 1} of ${runs}, ${name}: ${told(figures)}`);
    }
  }
  return Object.fromEntries(names.map((name) => [name, medians(found.get(name) ?? [])])) as Record<Name, Figures>;
}

/** Of each figure on its own; null where any run could not tell it. */
export function medians(runs: readonly Figures[]): Figures {
  return Object.fromEntries(
    Object.keys(runs[0] ?? {}).map((figure) => {
      const values = runs.map((figures) => figures[figure] ?? null);
      return [figure, values.some((value) => value === null) ? null : median(values as number[])];
    }),
  );
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  if (upper === undefined) throw new Error("the median of nothing");
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** Ours to theirs of one figure; null where either is unknown. */
export function ratioOf(figure: string, ours: Figures | undefined, theirs: Figures | undefined): number | null {
  const [one, other] = [ours?.[figure] ?? null, theirs?.[figure] ?? null];
  return one === null || other === null || other === 0 ? null : one / other;
}

function told(figures: Figures): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${readable(value)}`)
    .join(", ");
}

/** Three digits are as much as a figure of a bench is good for. */
export function readable(value: number | null): string {
  if (value === null) return "-";
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString("en-GB").replaceAll(",", " ");
  return String(Number(value.toPrecision(3)));
}
