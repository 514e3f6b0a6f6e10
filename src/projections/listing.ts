import type { Score } from "../match/event.ts";
import type { Status } from "../match/status.ts";
import type { Db } from "./db.ts";
import type { MatchRow } from "./matches.ts";

export interface MatchSummary {
  id: string;
  version: number;
  competition: string;
  season: string;
  matchday: string | null;
  purpose: "live" | "history";
  status: Status;
  /** Epoch milliseconds. */
  kickoff: number;
  home: { id: string; name: string };
  away: { id: string; name: string };
  /** After 90 minutes and stoppage; null before the result. */
  score: Score | null;
  analysed: boolean;
  covered: boolean;
  /** Answers that count. */
  predictions: number;
  settlement: "settled" | "void" | null;
  /** A stage was given up and its failure was not dismissed. */
  failed: boolean;
  nextDueAt: number | null;
}

export interface MatchFilter {
  status?: Status;
  competition?: string;
  season?: string;
  purpose?: "live" | "history";
  /** Kick-off at or after, epoch milliseconds. */
  from?: number;
  /** Kick-off at or before. */
  to?: number;
  /** As an earlier page gave it. */
  cursor?: string;
  /** 100 unless told, 1,000 at most. */
  limit?: number;
}

export interface MatchPage {
  /** Ascending by kick-off, then id. */
  matches: MatchSummary[];
  /** null on the last page. */
  cursor: string | null;
}

export class InvalidCursor extends Error {
  override readonly name = "InvalidCursor";

  constructor(cursor: string) {
    super(`cursor ${JSON.stringify(cursor)} is not one that a page gave: ask without a cursor for the first page`);
  }
}

const limitMax = 1000;

export function listingQueries(db: Db) {
  const listings = new Map<string, ReturnType<typeof prepareListing>>();

  function prepareListing(conditions: readonly string[]) {
    const where = conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`;
    return db.prepare<[Record<string, string | number>], MatchRow>(
      `SELECT * FROM matches ${where} ORDER BY kickoff, id LIMIT @limit`,
    );
  }

  return {
    matches(filter: MatchFilter): MatchPage {
      const limit = Math.min(Math.max(1, Math.trunc(filter.limit ?? 100)), limitMax);
      const { conditions, values } = conditionsOf(filter);
      const key = conditions.join();
      let listing = listings.get(key);
      if (listing === undefined) listings.set(key, (listing = prepareListing(conditions)));
      const rows = listing.all({ ...values, limit: limit + 1 });
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      const more = rows.length > limit && last !== undefined;
      return { matches: page.map(summaryOf), cursor: more ? `${last.kickoff}.${last.id}` : null };
    },
  };
}

function conditionsOf(filter: MatchFilter): { conditions: string[]; values: Record<string, string | number> } {
  const conditions: string[] = [];
  const values: Record<string, string | number> = {};
  for (const field of ["status", "competition", "season", "purpose"] as const) {
    const wanted = filter[field];
    if (wanted === undefined) continue;
    conditions.push(`${field} = @${field}`);
    values[field] = wanted;
  }
  if (filter.from !== undefined) {
    conditions.push("kickoff >= @from");
    values.from = filter.from;
  }
  if (filter.to !== undefined) {
    conditions.push("kickoff <= @to");
    values.to = filter.to;
  }
  if (filter.cursor !== undefined) {
    const [, kickoff, id] = /^(-?\d{1,15})\.([a-z0-9-]+)$/.exec(filter.cursor) ?? [];
    if (kickoff === undefined || id === undefined) throw new InvalidCursor(filter.cursor);
    conditions.push("(kickoff, id) > (@afterKickoff, @afterId)");
    values.afterKickoff = Number(kickoff);
    values.afterId = id;
  }
  return { conditions, values };
}

function summaryOf(row: MatchRow): MatchSummary {
  const { home_goals: home, away_goals: away } = row;
  return {
    id: row.id,
    version: row.version,
    competition: row.competition,
    season: row.season,
    matchday: row.matchday,
    purpose: row.purpose,
    status: row.status,
    kickoff: row.kickoff,
    home: { id: row.home_id, name: row.home_name },
    away: { id: row.away_id, name: row.away_name },
    score: home === null || away === null ? null : { home, away },
    analysed: row.analysed === 1,
    covered: row.covered === 1,
    predictions: row.predictions,
    settlement: row.settlement,
    failed: row.given_up === 1,
    nextDueAt: row.next_due_at,
  };
}
