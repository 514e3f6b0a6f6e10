import { upcasters, versions } from "../../src/events/catalogue.ts";
import { createCodec, encode, type StoredMessage } from "../../src/events/envelope.ts";
import type { LogMessage } from "../../src/events/log.ts";
import type { NewEvent } from "../../src/match/event.ts";
import { defaultPolicy, type Policy } from "../../src/match/policy.ts";
import { begin } from "../../src/projections/checkpoint.ts";
import { createBulk } from "../../src/projections/database.ts";
import type { Db } from "../../src/projections/db.ts";
import { createProjector, type Projector } from "../../src/projections/projector.ts";
import { type BuildQueries, queriesOf } from "../../src/projections/queries.ts";
import { matchStates } from "../../src/projections/states.ts";
import type { History } from "../support/history.ts";

/** Of another process than the writer's: every body is read. */
const { decode } = createCodec(versions, upcasters);

/** What anyone could publish. */
export interface Letter {
  subject: string;
  body: Uint8Array | string;
}

/** The lives of several matches as one log: whose turn it is comes from `order`, then from the first that has something left. */
export function interleave(lives: readonly History[], order: readonly number[] = []): Letter[] {
  const left = lives.map((life) => ({ id: life.id, entries: [...life.entries] }));
  const letters: Letter[] = [];
  const turns = [...order];
  for (;;) {
    const rest = left.filter(({ entries }) => entries.length > 0);
    const next = rest[(turns.shift() ?? 0) % Math.max(1, rest.length)];
    const entry = next?.entries.shift();
    if (next === undefined || entry === undefined) return letters;
    if (entry.type === null) letters.push({ subject: `match.${next.id}.unheard-of`, body: "no JSON" });
    else letters.push(letterOf("match", next.id, entry));
  }
}

export function letterOf(root: "match" | "source" | "operator", id: string, event: NewEvent): Letter {
  return { subject: `${root}.${id}.${event.type.slice(root.length + 1)}`, body: encode({ root, id }, event) };
}

export function messagesOf(letters: readonly Letter[], first = 1): LogMessage[] {
  return letters.map(({ subject, body }, at) => {
    const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
    const stored: StoredMessage = { sequence: first + at, subject, body: bytes, storedAt: Date.UTC(9999, 11, 31) };
    return decode(stored);
  });
}

export const origin = { stream: "test", code: "c", schema: "s", policy: "p" };

export interface Tables {
  db: Db;
  projector: Projector;
  queries: BuildQueries;
}

/** A read model in a temporary database, without files. Close `db`. */
export function tables(policy: Policy = defaultPolicy, room?: number): Tables {
  const db = createBulk("");
  begin(db, origin);
  return { db, ...on(db, policy, room) };
}

/** A projector as after a restart: it remembers nothing that is not in the tables. */
export function on(db: Db, policy: Policy = defaultPolicy, room?: number): Omit<Tables, "db"> {
  const states = matchStates(db, true);
  return { projector: createProjector(db, states, policy, room), queries: queriesOf(db, states) };
}

/** Every row of every table. */
export function dump(db: Db): Record<string, unknown[]> {
  const names = db
    .prepare<[], string>(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
    )
    .pluck()
    .all();
  return Object.fromEntries(names.map((name) => [name, rowsOf(db, name)]));
}

function rowsOf(db: Db, table: string): unknown[] {
  const rows = db.prepare(`SELECT * FROM ${table}`).all();
  const key = new Map(rows.map((row) => [row, JSON.stringify(row)]));
  return rows.sort((a, b) => ((key.get(a) ?? "") < (key.get(b) ?? "") ? -1 : 1));
}
