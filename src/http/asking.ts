import type { ReadModelQueries } from "../projections/queries.ts";
import { InvalidCursor } from "../projections/cursor.ts";
import type { HttpOptions } from "./options.ts";
import { Refused } from "./problem.ts";

/** Puts a question to the read model. Throws `Refused`: 400 for a cursor that is none, 503 when it cannot answer. */
export type Ask = <T>(question: (readModel: ReadModelQueries) => T) => T;

export function createAsk(options: Pick<HttpOptions, "readModel" | "logger">): Ask {
  return (question) => {
    try {
      options.readModel.check();
      return question(options.readModel);
    } catch (error) {
      throw refusalOf(error, options);
    }
  };
}

/** The same for a question that takes so long that others get their turn in between. */
export type LongAsk = <T>(question: (readModel: ReadModelQueries) => Promise<T>) => Promise<T>;

export function createLongAsk(options: Pick<HttpOptions, "readModel" | "logger">): LongAsk {
  return async (question) => {
    try {
      options.readModel.check();
      return await question(options.readModel);
    } catch (error) {
      throw refusalOf(error, options);
    }
  };
}

function refusalOf(error: unknown, { logger }: Pick<HttpOptions, "logger">): Refused {
  if (error instanceof InvalidCursor) return new Refused(400, error.message);
  logger.error({ err: error }, "the read model cannot answer");
  return new Refused(503, "the read model cannot answer; the node's log tells why");
}
