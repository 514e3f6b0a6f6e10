import type { ModelHealth } from "../match/model-health.ts";
import type { MatchWriter } from "./change.ts";
import type { Db } from "./db.ts";

export const modelHealthSchema = `
CREATE TABLE model_health (
  model TEXT PRIMARY KEY,
  failures INTEGER NOT NULL,
  failed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;

/**
 * Permanent failures in a row, over all matches, in the order of the log. An answer or an abstention ends a row of them; what
 * passes by itself, and a rest, say nothing about the model.
 */
export function modelHealthWriter(db: Db): MatchWriter {
  const failed = db.prepare<[string, number]>(
    `INSERT INTO model_health (model, failures, failed_at) VALUES (?, 1, ?)
     ON CONFLICT (model) DO UPDATE SET failures = failures + 1, failed_at = max(failed_at, excluded.failed_at)`,
  );
  const recovered = db.prepare<[string]>("DELETE FROM model_health WHERE model = ?");
  return {
    step({ event, after }) {
      if (event.type !== "match.predicted") return;
      // From the match, not from the event: it has taken what came from models of its roster alone.
      for (const { sequence, model } of after.answers) if (sequence === event.sequence) recovered.run(model);
      for (const { sequence, model, outcome, category } of after.outcomes) {
        if (sequence !== event.sequence) continue;
        if (outcome === "abstained") recovered.run(model);
        else if (outcome === "failed" && category === "permanent") failed.run(model, event.time);
      }
    },
  };
}

export function modelHealthQueries(db: Db) {
  const select = db.prepare<[string], ModelHealth>(
    "SELECT failures, failed_at AS failedAt FROM model_health WHERE model = ?",
  );
  return {
    modelHealth: (model: string): ModelHealth | null => select.get(model) ?? null,
  };
}
