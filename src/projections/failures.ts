import { type Category, type Stage, stages } from "../match/event.ts";
import type { MatchWriter } from "./change.ts";
import type { Db } from "./db.ts";
import type { Rows } from "./rows.ts";

export const failuresSchema = `
CREATE TABLE failures (
  match_id TEXT NOT NULL,
  stage TEXT NOT NULL,
  round INTEGER NOT NULL,
  category TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  reason TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  of INTEGER NOT NULL,
  failed_at INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  retry_at INTEGER,
  dismissed_by TEXT,
  dismissed_reason TEXT,
  PRIMARY KEY (match_id, stage)
) STRICT, WITHOUT ROWID;
CREATE INDEX failures_by_time ON failures (failed_at, sequence);
-- Paged one category beside the other (failure-pages.ts), and counted, which needs the last two columns: else it looks into
-- every row.
CREATE INDEX failures_open ON failures (stage, category, match_id, dismissed_by, retry_at)
  WHERE dismissed_by IS NULL;
CREATE INDEX failures_dismissed ON failures (stage, category, match_id, dismissed_by, retry_at)
  WHERE dismissed_by IS NOT NULL;
-- And of one cause: a rare one among thousands would have to be searched for.
CREATE INDEX failures_open_alike ON failures (stage, category, fingerprint, match_id)
  WHERE dismissed_by IS NULL;
CREATE INDEX failures_dismissed_alike ON failures (stage, category, fingerprint, match_id)
  WHERE dismissed_by IS NOT NULL;
`;

/** A stage's newest failure, while nothing newer was asked or answered. */
export interface FailureRow {
  matchId: string;
  homeTeam: string;
  awayTeam: string;
  competition: string;
  /** Epoch milliseconds. */
  kickoff: number;
  stage: Stage;
  round: number;
  category: Category;
  fingerprint: string;
  reason: string;
  attempt: number;
  of: number;
  failedAt: number;
  sequence: number;
  /** null: given up. */
  retryAt: number | null;
  dismissed: { by: string; reason: string } | null;
  /** Answers that count. */
  predictions: number;
}

/** How many failures are alike. */
export interface FailureCount {
  stage: Stage;
  category: Category;
  /** Nothing tries them again by itself, but the hourly asking within the watch. */
  givenUp: boolean;
  count: number;
}

export interface FailureFilter {
  matchId?: string;
  stage?: Stage;
  category?: Category;
  competition?: string;
  /** false (the default) leaves dismissed ones out, true lists them alone. */
  dismissed?: boolean;
  givenUp?: boolean;
  /** Failed at or after, epoch milliseconds. */
  since?: number;
}

interface Row {
  match_id: string;
  stage: Stage;
  round: number;
  category: Category;
  fingerprint: string;
  reason: string;
  attempt: number;
  of: number;
  failed_at: number;
  sequence: number;
  retry_at: number | null;
  dismissed_by: string | null;
  dismissed_reason: string | null;
}

export function failuresWriter(rows: Rows): MatchWriter {
  const failures = rows.table<Row>(
    "failures",
    ["match_id", "stage"],
    [
      "round",
      "category",
      "fingerprint",
      "reason",
      "attempt",
      "of",
      "failed_at",
      "sequence",
      "retry_at",
      "dismissed_by",
      "dismissed_reason",
    ],
  );
  return {
    // Event by event, as a failure does not say in which round it was.
    step({ before, after }) {
      for (const stage of stages) {
        const { failure } = after.stages[stage];
        if (failure === before.stages[stage].failure) continue;
        // Line-ups that are not published yet are waited for: that is no failure of anything.
        if (failure === null || failure.category === "no-data-yet") {
          failures.remove(after.id, stage);
          continue;
        }
        failures.put({
          match_id: after.id,
          stage,
          round: after.round.number,
          category: failure.category,
          fingerprint: failure.fingerprint,
          reason: failure.reason,
          attempt: failure.attempt,
          of: failure.of,
          failed_at: failure.time,
          sequence: failure.sequence,
          retry_at: failure.retryAt,
          dismissed_by: failure.dismissed?.by ?? null,
          dismissed_reason: failure.dismissed?.reason ?? null,
        });
      }
    },
  };
}

/** A failure beside what its match is called. */
export type JoinedFailure = Row & {
  home_name: string;
  away_name: string;
  competition: string;
  kickoff: number;
  predictions: number;
};

export function failureQueries(db: Db) {
  const select = db.prepare<[Record<string, string | number | null>], JoinedFailure>(
    `SELECT f.*, m.home_name, m.away_name, m.competition, m.kickoff, m.predictions
     FROM failures f JOIN matches m ON m.id = f.match_id
     WHERE (@matchId IS NULL OR f.match_id = @matchId)
       AND (@stage IS NULL OR f.stage = @stage)
       AND (@category IS NULL OR f.category = @category)
       AND (@competition IS NULL OR m.competition = @competition)
       AND (f.dismissed_by IS NOT NULL) = @dismissed
       AND (@givenUp IS NULL OR (f.retry_at IS NULL) = @givenUp)
       AND (@since IS NULL OR f.failed_at >= @since)
     ORDER BY f.failed_at DESC, f.sequence DESC`,
  );
  const counts = [false, true].map((dismissed) =>
    db.prepare<[], { stage: Stage; category: Category; count: number; given_up: number }>(
      `SELECT stage, category, count(*) AS count, sum(retry_at IS NULL) AS given_up
       FROM failures INDEXED BY ${dismissed ? "failures_dismissed" : "failures_open"}
       WHERE dismissed_by IS ${dismissed ? "NOT NULL" : "NULL"} GROUP BY stage, category`,
    ),
  );
  return {
    /** Those that nobody dismissed, or the others; a group of none is left out. */
    failureCounts: (dismissed = false): FailureCount[] =>
      (counts[dismissed ? 1 : 0]?.all() ?? []).flatMap(({ stage, category, count, given_up }) =>
        [true, false].flatMap((givenUp) => {
          const alike = givenUp ? given_up : count - given_up;
          return alike === 0 ? [] : [{ stage, category, givenUp, count: alike }];
        }),
      ),
    /** Newest first. */
    failures(filter: FailureFilter): FailureRow[] {
      const { matchId, stage, category, competition, dismissed, givenUp, since } = filter;
      return select
        .all({
          matchId: matchId ?? null,
          stage: stage ?? null,
          category: category ?? null,
          competition: competition ?? null,
          dismissed: dismissed === true ? 1 : 0,
          givenUp: givenUp === undefined ? null : givenUp ? 1 : 0,
          since: since ?? null,
        })
        .map(failureOf);
    },
  };
}

export function failureOf(row: JoinedFailure): FailureRow {
  const { dismissed_by: by, dismissed_reason: why } = row;
  return {
    matchId: row.match_id,
    homeTeam: row.home_name,
    awayTeam: row.away_name,
    competition: row.competition,
    kickoff: row.kickoff,
    stage: row.stage,
    round: row.round,
    category: row.category,
    fingerprint: row.fingerprint,
    reason: row.reason,
    attempt: row.attempt,
    of: row.of,
    failedAt: row.failed_at,
    sequence: row.sequence,
    retryAt: row.retry_at,
    dismissed: by === null ? null : { by, reason: why ?? "" },
    predictions: row.predictions,
  };
}
