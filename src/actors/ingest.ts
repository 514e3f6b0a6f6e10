import { batchMessagesMax } from "../events/append.ts";
import type { NewEvent } from "../match/event.ts";
import { type Match, unknownMatch } from "../match/match.ts";
import { observe } from "../match/observe.ts";
import type { Observation } from "../sources/source.ts";
import { type Appending, appendToMatch } from "./append.ts";
import type { Node } from "./node.ts";

export interface Ingestion {
  /** When the fetch began, epoch milliseconds. */
  observedAt: number;
  /** Who appends. */
  actor: string;
  /** The request that this answers, null for an operator's import. */
  causationId: string | null;
  /** What is known of a match, null for nothing. It may be old: an append to a match that has moved is decided again. */
  known(matchId: string): Match | null;
}

/**
 * A batch of the log. Of a season whose matches all have answers more would not fit into the projector's memory, which would
 * read each from its table again when its fact comes back.
 */
const atATime = batchMessagesMax;

/** Appends what each observation adds to what is known of its match; counts the facts. */
export async function ingest(
  node: Appending & Pick<Node, "newId">,
  observations: readonly Observation[],
  { observedAt, actor, causationId, known }: Ingestion,
  signal?: AbortSignal,
): Promise<{ scheduled: number; finished: number }> {
  const counts = { scheduled: 0, finished: 0 };
  const ingestOne = async (observation: Observation): Promise<void> => {
    let facts: NewEvent<"match.scheduled" | "match.finished">[] = [];
    const written = await appendToMatch(
      node,
      known(observation.matchId) ?? unknownMatch(observation.matchId),
      (match) => {
        const time = node.clock.now();
        facts = observe(match, observation, observedAt).map((fact) => ({
          ...fact,
          id: node.newId(time),
          time,
          actor,
          causationId,
        }));
        return facts;
      },
      signal,
    );
    if (written.outcome !== "appended") return;
    for (const fact of facts) counts[fact.type === "match.scheduled" ? "scheduled" : "finished"]++;
  };
  const waiting = observations.values();
  const ingestInTurn = async () => {
    for (const observation of waiting) await ingestOne(observation);
  };
  await Promise.all(Array.from({ length: Math.min(atATime, observations.length) }, ingestInTurn));
  return counts;
}
