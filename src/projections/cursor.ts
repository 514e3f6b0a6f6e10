/** Where a page ended: the instant and the tie-breaker of its last row. */
export interface Position {
  at: number;
  tie: string;
}

/** A text that is no cursor any page gave. */
export class InvalidCursor extends Error {
  override readonly name = "InvalidCursor";

  constructor() {
    super("the cursor is not one that a page gave: ask without a cursor for the first page");
  }
}

/**
 * A position as callers see it: opaque, so that nobody builds one by hand. A page that begins after a position neither repeats
 * nor skips a row, whatever is written meanwhile, unless the row itself moves.
 */
export function cursorOf({ at, tie }: Position): string {
  return Buffer.from(`${at}.${tie}`).toString("base64url");
}

/** Throws `InvalidCursor`. */
export function positionOf(cursor: string): Position {
  const [, at, tie] =
    /^(-?\d{1,16})\.([a-z0-9-]{1,200})$/.exec(Buffer.from(cursor, "base64url").toString("latin1")) ?? [];
  // Base64 reads past what is none of it: a cursor that was altered there would mean the same.
  if (at === undefined || tie === undefined || cursorOf({ at: Number(at), tie }) !== cursor) throw new InvalidCursor();
  return { at: Number(at), tie };
}
