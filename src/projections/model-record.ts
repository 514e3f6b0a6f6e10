import type { Db } from "./db.ts";
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

type Params = PanelParams & { model: string };

const where = `WHERE model = @model AND ${panelCondition}`;

const calibrationBins = 10;

export function modelRecordQueries(db: Db) {
  const bins = db.prepare<[Params], { bin: number; n: number; foretold: number; happened: number }>(
    `SELECT min(${calibrationBins - 1}, CAST(p * ${calibrationBins} AS INTEGER)) AS bin, count(*) AS n, avg(p) AS foretold, avg(hit) AS happened
     FROM (
       SELECT home AS p, outcome = 'home' AS hit FROM scores ${where}
       UNION ALL SELECT draw, outcome = 'draw' FROM scores ${where}
       UNION ALL SELECT away, outcome = 'away' FROM scores ${where}
     ) GROUP BY bin ORDER BY bin`,
  );
  const months = db.prepare<[Params], MonthRow>(
    `SELECT strftime('%Y-%m', kickoff / 1000, 'unixepoch') AS month, count(*) AS n, sum(points) AS points, avg(rps) AS rps
     FROM scores ${where} GROUP BY month ORDER BY month`,
  );
  return {
    modelRecord(model: string, filter: PanelFilter): ModelRecord {
      const params = { ...panelParams(filter), model };
      const found = new Map(bins.all(params).map((it) => [it.bin, it]));
      return {
        calibration: Array.from({ length: calibrationBins }, (_, bin) => {
          const { n = 0, foretold = null, happened = null } = found.get(bin) ?? {};
          return { from: bin / calibrationBins, to: (bin + 1) / calibrationBins, n, foretold, happened };
        }),
        months: months.all(params),
      };
    },
  };
}
