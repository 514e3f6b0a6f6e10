import type { LogMessage, Undecodable } from "../events/log.ts";
import type { Db } from "./db.ts";
import type { Rows } from "./rows.ts";

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
CREATE TABLE event_ids (id TEXT PRIMARY KEY, sequence INTEGER NOT NULL) STRICT, WITHOUT ROWID;
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

type Place = Pick<LogMessage, "sequence" | "subject" | "entity">;

export function anomaliesWriter(db: Db, rows: Rows) {
  const table = rows.table<Row>("anomalies", ["sequence", "kind"], ["subject", "match_id", "detail"]);
  const count = db.prepare<[string, number]>(
    "INSERT INTO event_types (type, count) VALUES (?, ?) ON CONFLICT (type) DO UPDATE SET count = count + excluded.count",
  );
  const ids = eventIds(db, (place, first) => note(place, "duplicate-id", `its event id was used before, at ${first}`));
  const counts = new Map<string, number>();

  function note({ sequence, subject, entity }: Place, kind: AnomalyKind, detail: string): void {
    const match_id = entity?.root === "match" ? entity.id : null;
    table.put({ sequence, kind, subject, match_id, detail: detail.slice(0, detailLengthMax) });
  }

  return {
    /** Counts a message by what it is; everything but its place in a fold. */
    take(message: LogMessage): void {
      const { event, undecodable } = message;
      if (event !== null) {
        counts.set(event.type, (counts.get(event.type) ?? 0) + 1);
        ids.take(event.id, message);
      } else if (undecodable !== null && undecodable.code !== "letter") {
        note(message, undecodable.code, undecodable.text);
      }
    },
    ignored: (message: LogMessage, why: string) => note(message, "ignored", why),
    /** Writes what was counted; before the rows, as it may add some. */
    flush(): void {
      for (const [type, n] of counts) count.run(type, n);
      counts.clear();
      ids.flush();
    },
    forget(): void {
      counts.clear();
      ids.forget();
    },
  };
}

/** Ids a statement, most first. One at a time they cost four times as much. */
const idsAtOnce = [100, 10, 1] as const;
const heldMax = idsAtOnce[0];

/** Where each event id was used first. `again` is told of every later use. */
function eventIds(db: Db, again: (place: Place, first: number) => void) {
  const insert = (n: number) =>
    db.prepare(
      `INSERT INTO event_ids (id, sequence) VALUES ${Array(n).fill("(?, ?)").join(", ")} ON CONFLICT (id) DO NOTHING`,
    );
  const inserts = idsAtOnce.map((n) => ({ n, statement: insert(n) }));
  const firstOf = db.prepare<[string], number>("SELECT sequence FROM event_ids WHERE id = ?").pluck();
  let held: unknown[] = [];
  let places: Place[] = [];

  function write(statement: (typeof inserts)[number]["statement"], from: number, to: number): void {
    const values = from === 0 && to === places.length ? held : held.slice(2 * from, 2 * to);
    if (statement.run(values).changes === to - from) return;
    for (let i = from; i < to; i++) {
      const first = firstOf.get(held[2 * i] as string) ?? 0;
      if (first !== held[2 * i + 1]) again(places[i] as Place, first);
    }
  }

  return {
    take(id: string, place: Place): void {
      held.push(id, place.sequence);
      places.push(place);
      if (places.length === heldMax) this.flush();
    },
    flush(): void {
      let at = 0;
      for (const { n, statement } of inserts) for (; at + n <= places.length; at += n) write(statement, at, at + n);
      this.forget();
    },
    forget(): void {
      [held, places] = [[], []];
    },
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
