import type { ModelHealth } from "../match/model-health.ts";
import type { MatchWriter } from "./change.ts";
import type { Db } from "./db.ts";
import type { Rows } from "./rows.ts";

export const modelHealthSchema = `
CREATE TABLE model_health (
  model TEXT PRIMARY KEY,
  failures INTEGER NOT NULL,
  failed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;

interface Row {
  model: string;
  failures: number;
  failed_at: number;
}

/**
 * Permanent failures in a row, over all matches, in the order of the log. An answer or an abstention ends a row of them; what
 * passes by itself, and a rest, say nothing about the model.
 */
export function modelHealthWriter(db: Db, rows: Rows): MatchWriter {
  const table = rows.table<Row>("model_health", ["model"], ["failures", "failed_at"]);
  const known = new Map<string, ModelHealth | null>();
  knownHere.set(db, known);
  const { modelHealth: healthOf } = modelHealthQueries(db);

  function recovered(model: string): void {
    if (healthOf(model) === null) return;
    known.set(model, null);
    table.remove(model);
  }

  function failed(model: string, at: number): void {
    const before = healthOf(model);
    const health = { failures: (before?.failures ?? 0) + 1, failedAt: Math.max(before?.failedAt ?? at, at) };
    known.set(model, health);
    table.put({ model, failures: health.failures, failed_at: health.failedAt });
  }

  return {
    step({ event, after }) {
      if (event.type !== "match.predicted") return;
      // From the match, not from the event: it has taken what came from models of its roster alone.
      for (const { sequence, model } of after.answers) if (sequence === event.sequence) recovered(model);
      for (const { sequence, model, outcome, category } of after.outcomes) {
        if (sequence !== event.sequence) continue;
        if (outcome === "abstained") recovered(model);
        else if (outcome === "failed" && category === "permanent") failed(model, event.time);
      }
    },
    forget: () => known.clear(),
  };
}

/**
 * As the log has them so far, for every model met, on the connection that writes: nearly every answer finds its model well and
 * writes nothing, and each of 42 calls a match asks before it is made.
 */
const knownHere = new WeakMap<Db, Map<string, ModelHealth | null>>();

export function modelHealthQueries(db: Db) {
  const select = db.prepare<[string], ModelHealth>(
    "SELECT failures, failed_at AS failedAt FROM model_health WHERE model = ?",
  );
  return {
    modelHealth(model: string): ModelHealth | null {
      const known = knownHere.get(db);
      const health = known?.get(model);
      if (health !== undefined) return health;
      const read = select.get(model) ?? null;
      known?.set(model, read);
      return read;
    },
  };
}
