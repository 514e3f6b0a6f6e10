import type { MatchWriter } from "./change.ts";
import type { Db } from "./db.ts";
import type { Rows } from "./rows.ts";

export const modelCostsSchema = `
CREATE TABLE model_costs (
  model TEXT NOT NULL,
  day INTEGER NOT NULL,
  cost REAL NOT NULL,
  PRIMARY KEY (model, day)
) STRICT, WITHOUT ROWID;
`;

interface Row {
  model: string;
  /** Days since 1970. */
  day: number;
  cost: number;
}

const dayMs = 86_400_000;

/** What each model has cost on each day (UTC), answers that count for nothing and failures included: all of it was paid. */
export function modelCostsWriter(db: Db, rows: Rows): MatchWriter {
  const table = rows.table<Row>("model_costs", ["model", "day"], ["cost"]);
  const { modelCost } = modelCostQueries(db);
  /** By model: the day its costs were last added up for. They come day after day, so one is enough. */
  const known = new Map<string, { day: number; cost: number }>();

  // Summed in the order of the log, so that sums of floats come out the same in every build.
  function add(model: string, day: number, cost: number): void {
    let sum = known.get(model);
    if (sum?.day !== day) {
      // The day may be one whose row is still held back.
      table.flush();
      known.set(model, (sum = { day, cost: modelCost(model, day * dayMs) }));
    }
    sum.cost += cost;
    table.put({ model, day, cost: sum.cost });
  }

  return {
    step({ event, after }) {
      if (event.type !== "match.predicted") return;
      const day = dayOf(event.time);
      for (const { sequence, model, cost } of [...after.answers, ...after.outcomes]) {
        if (sequence === event.sequence && cost !== undefined && cost > 0) add(model, day, cost);
      }
    },
    forget: () => known.clear(),
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
