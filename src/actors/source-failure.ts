import { SourceError } from "../sources/source.ts";
import { StageError } from "./errors.ts";

/** What a source did wrong, as a failed attempt of the stage that asked it; anything else stays what it is. */
export function sourceFailure(error: unknown): unknown {
  if (!(error instanceof SourceError)) return error;
  return new StageError(error.category, error.message, { retryAt: error.retryAt ?? undefined, cause: error });
}
