import { createHash } from "node:crypto";
import { InvalidCursor } from "../projections/cursor.ts";

/** The cursors of one list: of a route, and of what is filtered by. */
export interface PageCursors {
  /** As callers see it. */
  seal(cursor: string | null): string | null;
  /** Throws `InvalidCursor` for one of another list: its place may not be in this one, and the page would pass rows by. */
  open(cursor: string): string;
}

const markLength = 8;

/** `filter`: what was asked for but the page itself; an absent field is the same as an undefined one. */
export function pageCursors(route: string, { cursor: _, limit: __, ...filter }: Record<string, unknown>): PageCursors {
  const fields = Object.entries(filter)
    .filter(([, value]) => value !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const list = JSON.stringify([route, fields]);
  const mark = createHash("sha256").update(list).digest("base64url").slice(0, markLength);
  return {
    seal: (cursor) => (cursor === null ? null : mark + cursor),
    open(cursor) {
      if (!cursor.startsWith(mark)) throw new InvalidCursor();
      return cursor.slice(markLength);
    },
  };
}
