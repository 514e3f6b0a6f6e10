import type { MatchWriter } from "./change.ts";
import type { Db } from "./db.ts";

export const autoRetrosSchema = `
CREATE TABLE auto_retros (sequence INTEGER PRIMARY KEY, time INTEGER NOT NULL) STRICT;
CREATE INDEX auto_retros_by_time ON auto_retros (time);
`;

/** The retro requests that nobody made but the dispatcher: how many there may be in an hour is bounded. */
export function autoRetrosWriter(db: Db): MatchWriter {
  const insert = db.prepare<[number, number]>("INSERT OR IGNORE INTO auto_retros (sequence, time) VALUES (?, ?)");
  return {
    step({ event }) {
      if (event.type !== "match.retro.requested" || event.actor !== "pipeline:dispatch") return;
      insert.run(event.sequence, event.time);
    },
  };
}

export function autoRetroQueries(db: Db) {
  const count = db.prepare<[number], number>("SELECT count(*) FROM auto_retros WHERE time > ?").pluck();
  return {
    autoRetros: (after: number): number => count.get(after) ?? 0,
  };
}
