import type { MatchWriter } from "./change.ts";
import type { Db } from "./db.ts";

export const modelCostsSchema = `
CREATE TABLE model_costs (
  model TEXT NOT NULL,
  day INTEGER NOT NULL,
  cost REAL NOT NULL,
  PRIMARY KEY (model, day)
) STRICT, WITHOUT ROWID;
`;

const dayMs = 86_400_000;

/** What each model has cost on each day (UTC), answers that count for nothing and failures included: all of it was paid. */
export function modelCostsWriter(db: Db): MatchWriter {
  // Summed in the order of the log, so that sums of floats come out the same in every build.
  const add = db.prepare<[string, number, number]>(
    `INSERT INTO model_costs (model, day, cost) VALUES (?, ?, ?)
     ON CONFLICT (model, day) DO UPDATE SET cost = cost + excluded.cost`,
  );
  return {
    step({ event, after }) {
      if (event.type !== "match.predicted") return;
      const day = dayOf(event.time);
      for (const { sequence, model, cost } of [...after.answers, ...after.outcomes]) {
        if (sequence === event.sequence && cost !== undefined && cost > 0) add.run(model, day, cost);
      }
    },
  };
}

export function modelCostQueries(db: Db) {
  const select = db
    .prepare<[string, number], number>("SELECT cost FROM model_costs WHERE model = ? AND day = ?")
    .pluck();
  return {
    modelCost: (model: string, at: number): number => select.get(model, dayOf(at)) ?? 0,
  };
}

function dayOf(time: number): number {
  return Math.floor(time / dayMs);
}
