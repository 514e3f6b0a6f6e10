import type { Durable } from "../events/provision.ts";
import { type Stage, stages } from "../match/event.ts";
import type { ReadModelQueries } from "../projections/read-model.ts";

/**
 * Where the consumer that replaces a removed one begins: at the oldest unanswered request of its stage. The other actors drop
 * what is answered, and theirs are few.
 */
export function resumeAt(durable: Durable, readModel: ReadModelQueries): number {
  const stage = stages.find((it): it is Stage => it === durable);
  if (stage === undefined) return 1;
  return readModel.oldestRequest(stage) ?? readModel.sequence() + 1;
}
