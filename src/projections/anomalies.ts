import type { LogMessage, Undecodable } from "../events/log.ts";
import type { Db } from "./db.ts";

export const anomaliesSchema = `
CREATE TABLE anomalies (
  sequence INTEGER NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  match_id TEXT,
  detail TEXT NOT NULL,
  PRIMARY KEY (sequence, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX anomalies_by_kind ON anomalies (kind);
CREATE TABLE event_ids (id TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
CREATE TABLE event_types (type TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`;

/** Undecodable as the log says, `ignored` when it contradicts what is known, `duplicate-id` when its id was seen before. */
export type AnomalyKind = Exclude<Undecodable["code"], "letter"> | "ignored" | "duplicate-id";

/** A message of the log that should not be there, or not so. */
export interface AnomalyRow {
  sequence: number;
  kind: AnomalyKind;
  subject: string;
  matchId: string | null;
  detail: string;
}

interface Row {
  sequence: number;
  kind: AnomalyKind;
  subject: string;
  match_id: string | null;
  detail: string;
}

/** A broken body may be quoted in its detail: enough to recognise it. */
const detailLengthMax = 500;

export function anomaliesWriter(db: Db) {
  const insert = db.prepare<[Row]>(
    "INSERT INTO anomalies (sequence, kind, subject, match_id, detail) VALUES (@sequence, @kind, @subject, @match_id, @detail)",
  );
  const seen = db.prepare<[string]>("INSERT OR IGNORE INTO event_ids (id) VALUES (?)");
  const count = db.prepare<[string]>(
    "INSERT INTO event_types (type, count) VALUES (?, 1) ON CONFLICT (type) DO UPDATE SET count = count + 1",
  );

  function note({ sequence, subject, entity }: LogMessage, kind: AnomalyKind, detail: string): void {
    const match_id = entity?.root === "match" ? entity.id : null;
    insert.run({ sequence, kind, subject, match_id, detail: detail.slice(0, detailLengthMax) });
  }

  return {
    /** Counts a message by what it is; everything but its place in a fold. */
    take(message: LogMessage): void {
      const { event, undecodable } = message;
      if (event !== null) {
        count.run(event.type);
        if (seen.run(event.id).changes === 0) note(message, "duplicate-id", `event id ${event.id} was used before`);
      } else if (undecodable !== null && undecodable.code !== "letter") {
        note(message, undecodable.code, undecodable.text);
      }
    },
    ignored: (message: LogMessage, why: string) => note(message, "ignored", why),
  };
}

const newestMax = 50;

export interface Anomalies {
  total: number;
  byKind: Record<string, number>;
  /** Newest first, 50 at most. */
  newest: AnomalyRow[];
}

export function anomalyQueries(db: Db) {
  const kinds = db.prepare<[], { kind: string; count: number }>(
    "SELECT kind, count(*) AS count FROM anomalies GROUP BY kind ORDER BY kind",
  );
  const newest = db.prepare<[number], Row>("SELECT * FROM anomalies ORDER BY sequence DESC, kind LIMIT ?");
  const types = db.prepare<[], { type: string; count: number }>("SELECT type, count FROM event_types ORDER BY type");
  return {
    anomalies(): Anomalies {
      const rows = kinds.all();
      return {
        total: rows.reduce((sum, { count }) => sum + count, 0),
        byKind: Object.fromEntries(rows.map(({ kind, count }) => [kind, count])),
        newest: newest.all(newestMax).map(({ match_id: matchId, ...row }) => ({ ...row, matchId })),
      };
    },
    /** Events by type, all entities. */
    eventCounts: (): Record<string, number> => Object.fromEntries(types.all().map(({ type, count }) => [type, count])),
  };
}
