/** Where a page ended: the instant and the tie-breaker of its last row. */
export interface Position<Tie extends string | number> {
  at: number;
  tie: Tie;
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
export function cursorOf({ at, tie }: Position<string | number>): string {
  return Buffer.from(`${at}.${tie}`).toString("base64url");
}

/** Throws `InvalidCursor`. */
export function positionOf(cursor: string): Position<string> {
  const [, at, tie] =
    /^(-?\d{1,16})\.([a-z0-9-]{1,200})$/.exec(Buffer.from(cursor, "base64url").toString("latin1")) ?? [];
  // Base64 reads past what is none of it: a cursor that was altered there would mean the same.
  if (at === undefined || tie === undefined || cursorOf({ at: Number(at), tie }) !== cursor) throw new InvalidCursor();
  return { at: Number(at), tie };
}

/** A position whose tie-breaker is a sequence. Throws `InvalidCursor`. */
export function sequencePositionOf(cursor: string): Position<number> {
  const { at, tie } = positionOf(cursor);
  if (!/^\d{1,15}$/.test(tie)) throw new InvalidCursor();
  return { at, tie: Number(tie) };
}
