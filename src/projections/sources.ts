import { type SourceState, unknownSource } from "../match/polling.ts";
import type { Db } from "./db.ts";

export const sourcesSchema = `
CREATE TABLE sources (id TEXT PRIMARY KEY, version INTEGER NOT NULL, state TEXT NOT NULL) STRICT;
`;

export function sourcesWriter(db: Db) {
  const write = db.prepare<[string, number, string]>(
    `INSERT INTO sources (id, version, state) VALUES (?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET version = excluded.version, state = excluded.state`,
  );
  return {
    save(source: SourceState): void {
      write.run(source.id, source.version, JSON.stringify(source));
    },
  };
}

export function sourceQueries(db: Db) {
  const one = db.prepare<[string], string>("SELECT state FROM sources WHERE id = ?").pluck();
  const all = db.prepare<[], string>("SELECT state FROM sources ORDER BY id").pluck();
  return {
    source(id: string): SourceState {
      const state = one.get(id);
      return state === undefined ? unknownSource(id) : (JSON.parse(state) as SourceState);
    },
    sources: (): SourceState[] => all.all().map((state) => JSON.parse(state) as SourceState),
  };
}
