import type { Db } from "./db.ts";
import { panelCondition, type PanelFilter, type PanelParams, panelParams } from "./panel-filter.ts";

/** A model that has fallen behind the others of late, by more than chance. RPS against the mean of all that answered the match. */
export interface Regression {
  model: string;
  /** Kick-offs from here on are "of late", epoch milliseconds. */
  since: number;
  /** Settled answers of late, and before. */
  n: number;
  nBefore: number;
  /** Mean difference from the others of late, and before; positive is worse. */
  late: number;
  before: number;
  /** `late - before` in standard errors. */
  errors: number;
}

const recentMs = 60 * 86_400_000;
/** Fewer answers tell nothing. */
const fewest = 30;
/** Of 42 models, one passes two standard errors by chance alone; three and a quarter, one table in forty. */
const errorsMin = 3.25;

interface Sums {
  model: string;
  late: number;
  n: number;
  sum: number;
  squares: number;
}

export function regressionQueries(db: Db) {
  const newest = db
    .prepare<[PanelParams], number | null>(`SELECT max(kickoff) FROM scores WHERE ${panelCondition}`)
    .pluck();
  const sums = db.prepare<[PanelParams & { since: number }], Sums>(
    `SELECT model, kickoff >= @since AS late, count(*) AS n, sum(d) AS sum, sum(d * d) AS squares
     FROM (SELECT model, kickoff, rps - avg(rps) OVER (PARTITION BY match_id) AS d FROM scores WHERE ${panelCondition})
     GROUP BY model, late ORDER BY model, late`,
  );
  return {
    /** Worst first. */
    regressions(filter: PanelFilter): Regression[] {
      const params = panelParams(filter);
      const end = newest.get(params) ?? null;
      if (end === null) return [];
      const since = end - recentMs;
      const rows = sums.all({ ...params, since });
      return rows
        .filter(({ late }) => late === 1)
        .flatMap((late) => {
          const before = rows.find((it) => it.model === late.model && it.late === 0);
          if (before === undefined || late.n < fewest || before.n < fewest) return [];
          const difference = late.sum / late.n - before.sum / before.n;
          const error = Math.sqrt(varianceOf(late) / late.n + varianceOf(before) / before.n);
          const errors = error === 0 ? 0 : difference / error;
          if (errors < errorsMin) return [];
          return {
            model: late.model,
            since,
            n: late.n,
            nBefore: before.n,
            late: late.sum / late.n,
            before: before.sum / before.n,
            errors,
          };
        })
        .sort((a, b) => b.errors - a.errors);
    },
  };
}

/** The sample's. Differences are about .01, so their squares lose no digits that matter. */
function varianceOf({ n, sum, squares }: Sums): number {
  return Math.max(0, (squares - (sum * sum) / n) / (n - 1));
}
