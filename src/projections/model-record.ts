import { modelsOf, numberAt, type Packed } from "./by-model.ts";
import type { Db } from "./db.ts";
import { binCount, binWidth, monthly, monthlyWidth, sum } from "./model-sums.ts";
import { sumsQuery } from "./panel.ts";
import { panelCondition, type PanelFilter, type PanelParams, panelParams } from "./panel-filter.ts";

/** What one model foretold, and how it went. */
export interface ModelRecord {
  /** Ten equal bins of the probabilities it gave to home win, draw and away win; three of each settled answer. */
  calibration: CalibrationBin[];
  /** By the month of the kick-off (UTC), oldest first. */
  months: MonthRow[];
}

export interface CalibrationBin {
  /** The bin holds probabilities from here to `to`, the last one's end too. */
  from: number;
  to: number;
  n: number;
  /** Mean of the probabilities, null without any. */
  foretold: number | null;
  /** Share of them whose outcome happened. */
  happened: number | null;
}

export interface MonthRow {
  /** `2017-01` */
  month: string;
  /** Settled answers. */
  n: number;
  points: number;
  /** Mean. */
  rps: number;
}

export function modelRecordQueries(db: Db) {
  const sumsOf = sumsQuery(db);
  // In a fixed order, so that sums of floats come out the same in every build.
  const select = db.prepare<[PanelParams], Packed & { month: string }>(
    `SELECT month, models, numbers FROM model_months WHERE ${panelCondition} ORDER BY month, competition, season`,
  );

  function monthsOf(model: string, filter: PanelFilter): MonthRow[] {
    const months = new Map<string, MonthRow>();
    for (const { month, models, numbers } of select.iterate(panelParams(filter))) {
      const at = modelsOf(models).indexOf(model) * monthlyWidth;
      if (at < 0 || numberAt(numbers, at) === 0) continue;
      let row = months.get(month);
      if (row === undefined) months.set(month, (row = { month, n: 0, points: 0, rps: 0 }));
      row.n += numberAt(numbers, at + monthly.n);
      row.points += numberAt(numbers, at + monthly.points);
      row.rps += numberAt(numbers, at + monthly.rps);
    }
    return [...months.values()].map((it) => ({ ...it, rps: it.rps / it.n }));
  }

  return {
    modelRecord(model: string, filter: PanelFilter): ModelRecord {
      const of = sumsOf(filter).find((it) => it.model === model)?.of ?? (() => 0);
      return {
        calibration: Array.from({ length: binCount }, (_, bin) => {
          const first = sum.bins + bin * binWidth;
          const n = of(first);
          const mean = (at: number) => (n === 0 ? null : of(at) / n);
          return {
            from: bin / binCount,
            to: (bin + 1) / binCount,
            n,
            foretold: mean(first + 1),
            happened: mean(first + 2),
          };
        }),
        months: monthsOf(model, filter),
      };
    },
  };
}
