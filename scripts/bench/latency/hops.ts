import type { EventLog } from "../../../src/events/log.ts";
import { wholeLog } from "../../../src/events/whole-log.ts";

export type Hop = "analyse" | "lineups" | "predict" | "settle";

/** Milliseconds from a fact to the next stage's fact, as the server stored them, one for each match. */
export type Hops = Record<Hop, number[]>;

/** Throws when a match of the log lacks one of the facts. */
export async function hopsIn(log: EventLog, signal: AbortSignal): Promise<Hops> {
  const matches = new Map<string, Map<string, number>>();
  for await (const { entity, event, storedAt } of wholeLog(log, signal)) {
    if (entity?.root !== "match" || event === null) continue;
    const facts = matches.get(entity.id) ?? new Map<string, number>();
    matches.set(entity.id, facts);
    if (!facts.has(event.type)) facts.set(event.type, storedAt);
  }
  const hops: Hops = { analyse: [], lineups: [], predict: [], settle: [] };
  for (const [id, facts] of matches) {
    const at = (type: string): number => {
      const instant = facts.get(type);
      if (instant === undefined) throw new Error(`${id} has no ${type}`);
      return instant;
    };
    hops.analyse.push(at("match.analysed") - at("match.scheduled"));
    hops.lineups.push(at("match.lineups") - at("match.scheduled"));
    hops.predict.push(at("match.predicted") - Math.max(at("match.analysed"), at("match.lineups")));
    hops.settle.push(at("match.settled") - at("match.finished"));
  }
  return hops;
}
