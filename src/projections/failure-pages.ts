import { categories, type Category, type Stage } from "../match/event.ts";
import { cursorOf, InvalidCursor, positionOf } from "./cursor.ts";
import type { Db } from "./db.ts";
import { failureOf, type FailureRow, type JoinedFailure } from "./failures.ts";

export interface FailurePageFilter {
  stage: Stage;
  category?: Category;
  /** Of this cause alone. */
  fingerprint?: string;
  /** false: those nobody dismissed; true: the others. */
  dismissed: boolean;
  /** As an earlier page gave it. */
  cursor?: string;
  /** 1 to 1,000. */
  limit: number;
}

export interface FailurePage {
  /** By match id, which no new failure changes: a walk neither repeats a match nor passes one by, whatever fails again meanwhile. */
  failures: FailureRow[];
  /** null on the last page. */
  cursor: string | null;
}

interface Shape {
  dismissed: boolean;
  alike: boolean;
  after: boolean;
}

type Bound = Record<string, string | number>;

export function failurePageQueries(db: Db) {
  const pages = new Map<string, ReturnType<typeof preparePage>>();

  /** As in listing.ts: one walk along the index for each category, merged as far as the page goes. */
  function preparePage(wanted: readonly Category[], { dismissed, alike, after }: Shape) {
    const walks = wanted.map(
      (category) =>
        `SELECT * FROM failures INDEXED BY failures_${dismissed ? "dismissed" : "open"}${alike ? "_alike" : ""}
         WHERE ${isDismissed(dismissed)} AND stage = @stage AND category = '${category}'
         ${alike ? "AND fingerprint = @fingerprint" : ""} ${after ? "AND match_id > @tie" : ""}`,
    );
    return db.prepare<[Bound], JoinedFailure>(
      `SELECT f.*, m.home_name, m.away_name, m.competition, m.kickoff, m.predictions
       FROM (${walks.join(" UNION ALL ")} ORDER BY match_id LIMIT @limit) f
       JOIN matches m ON m.id = f.match_id
       ORDER BY f.match_id`,
    );
  }

  return {
    /** Throws `InvalidCursor`. */
    failurePage({ stage, category, fingerprint, dismissed, cursor, limit }: FailurePageFilter): FailurePage {
      const wanted = categories.filter((it) => category === undefined || it === category);
      const shape = { dismissed, alike: fingerprint !== undefined, after: cursor !== undefined };
      const key = `${wanted.join()} ${JSON.stringify(shape)}`;
      let page = pages.get(key);
      if (page === undefined) pages.set(key, (page = preparePage(wanted, shape)));
      const bound: Bound = { stage, limit: limit + 1 };
      if (fingerprint !== undefined) bound.fingerprint = fingerprint;
      if (cursor !== undefined) bound.tie = matchIdOf(cursor);
      const rows = page.all(bound);
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      const more = rows.length > limit && last !== undefined;
      return {
        failures: shown.map(failureOf),
        cursor: more ? cursorOf({ at: 0, tie: last.match_id }) : null,
      };
    },
  };
}

/** Throws `InvalidCursor`, for one of a list in order of time too. */
function matchIdOf(cursor: string): string {
  const { at, tie } = positionOf(cursor);
  if (at !== 0) throw new InvalidCursor();
  return tie;
}

function isDismissed(dismissed: boolean): string {
  return `dismissed_by IS ${dismissed ? "NOT NULL" : "NULL"}`;
}
