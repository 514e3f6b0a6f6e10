import type { ReadModelQueries } from "../projections/queries.ts";
import { InvalidCursor } from "../projections/cursor.ts";
import type { HttpOptions } from "./options.ts";
import { Refused } from "./problem.ts";

/** Puts a question to the read model. Throws `Refused`: 400 for a cursor that is none, 503 when it cannot answer. */
export type Ask = <T>(question: (readModel: ReadModelQueries) => T) => T;

export function createAsk({ readModel, logger }: Pick<HttpOptions, "readModel" | "logger">): Ask {
  return (question) => {
    try {
      readModel.check();
      return question(readModel);
    } catch (error) {
      if (error instanceof InvalidCursor) throw new Refused(400, error.message);
      logger.error({ err: error }, "the read model cannot answer");
      throw new Refused(503, "the read model cannot answer; the node's log tells why");
    }
  };
}
