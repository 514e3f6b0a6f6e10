import type { Score } from "../match/event.ts";
import { type Status, statuses } from "../match/status.ts";
import { cursorOf, positionOf } from "./cursor.ts";
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

const limitMax = 1000;

const purposes = ["live", "history"] as const;

export function listingQueries(db: Db) {
  const listings = new Map<string, ReturnType<typeof prepareListing>>();

  function prepareListing(shape: Shape) {
    return db.prepare<[Record<string, string | number>], MatchRow>(listingSql(shape));
  }

  return {
    matches(filter: MatchFilter): MatchPage {
      const limit = Math.min(Math.max(1, Math.trunc(filter.limit ?? 100)), limitMax);
      const shape = shapeOf(filter);
      const key = JSON.stringify(shape);
      let listing = listings.get(key);
      if (listing === undefined) listings.set(key, (listing = prepareListing(shape)));
      const rows = listing.all({ ...valuesOf(filter), limit: limit + 1 });
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      const more = rows.length > limit && last !== undefined;
      return { matches: page.map(summaryOf), cursor: more ? cursorOf({ at: last.kickoff, tie: last.id }) : null };
    },
  };
}

/** What of a filter changes the text of its query. */
interface Shape {
  index: string;
  purposes: readonly MatchRow["purpose"][];
  statuses: readonly Status[];
  conditions: string[];
}

function shapeOf({ status, competition, season, purpose, from, to, cursor }: MatchFilter): Shape {
  const conditions: string[] = [];
  if (competition !== undefined) conditions.push("competition = @competition");
  if (season !== undefined) conditions.push("season = @season");
  // One lower bound and no more: SQLite would seek by one of two and step over what the other leaves out.
  if (cursor !== undefined) conditions.push("(kickoff, id) > (@afterKickoff, @afterId)");
  else if (from !== undefined) conditions.push("kickoff >= @from");
  if (to !== undefined) conditions.push("kickoff <= @to");
  const by = competition === undefined ? (season === undefined ? "" : "_by_season") : "_by_competition";
  return {
    index: `matches_listed${competition !== undefined && season !== undefined ? "_by_both" : by}`,
    // Out of the known ones: they become part of the query's text.
    purposes: purposes.filter((it) => purpose === undefined || it === purpose),
    statuses: statuses.filter((it) => status === undefined || it === status),
    conditions,
  };
}

function valuesOf({ competition, season, from, to, cursor }: MatchFilter): Record<string, string | number> {
  const values: Record<string, string | number> = {};
  if (competition !== undefined) values.competition = competition;
  if (season !== undefined) values.season = season;
  if (to !== undefined) values.to = to;
  if (cursor !== undefined) {
    const { at, tie } = positionOf(cursor);
    // Nothing sorts between an instant and its first id.
    const before = from !== undefined && from > at;
    [values.afterKickoff, values.afterId] = before ? [from, ""] : [at, tie];
  } else if (from !== undefined) values.from = from;
  return values;
}

/**
 * Every purpose and status is a walk of its own along an index, and SQLite merges the walks in their common order as far as the
 * page goes: any filter reads about as many rows as it returns, and four indexes serve all sixteen kinds of filter. The index is
 * named, as SQLite takes two bounds on the kick-off for narrower than a competition and a season, which they need not be.
 */
function listingSql({ index, purposes, statuses, conditions }: Shape): string {
  const walks = purposes.flatMap((purpose) =>
    statuses.map((status) => {
      const where = [`purpose = '${purpose}'`, `status = '${status}'`, ...conditions].join(" AND ");
      return `SELECT * FROM matches INDEXED BY ${index} WHERE ${where}`;
    }),
  );
  return `${walks.join(" UNION ALL ")} ORDER BY kickoff, id LIMIT @limit`;
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
