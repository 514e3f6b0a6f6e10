import type { Figures } from "../bench.ts";
import { readable } from "../turns.ts";

/** What a log of a million matches must hold on two cores. */
const bounds: Record<string, number> = {
  readySeconds: 10,
  healthP99Ms: 50,
  pipelineHealthMs: 200,
  listPageP99Ms: 50,
  pageMs: 50,
  pageKB: 100,
  tickP99Ms: 5,
  walAfterRebuildMiB: 64,
  rebuildRssMaxMiB: 512,
  verifySeconds: 120,
};

/** One more match costs this much more or less than in a small log, at most. */
const costChangeMax = 0.2;

/** A sentence for each bound, held or missed. */
export function missed(figures: Figures, costRatio: number | null): string[] {
  const found = Object.entries(bounds).map(([name, bound]) => {
    const value = figures[name] ?? null;
    if (value === null) return `${name}: not measured here`;
    return `${name} ${readable(value)}, ${value <= bound ? "within" : "BEYOND"} ${bound}`;
  });
  if (costRatio === null) return found;
  const change = 1 / costRatio - 1;
  const verdict = Math.abs(change) <= costChangeMax ? "within" : "BEYOND";
  return [...found, `one more match costs ${readable(100 * change)} % more, ${verdict} ${100 * costChangeMax} %`];
}
