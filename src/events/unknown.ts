import type { AppendOutcome, Entity } from "./log.ts";

/** Where a message stands, and the id of the event in it (null: none can be read). */
export interface Position {
  sequence: number;
  eventId: string | null;
}

/** What can be asked of a log to learn how an append ended. Both wait for the server; both ask its leader. */
export interface Readback {
  newest(entity: Entity): Promise<Position | null>;
  /** The entity's first message after a sequence. */
  firstAfter(entity: Entity, sequence: number): Promise<Position | null>;
}

export interface Attempted {
  entity: Entity;
  version: number;
  /** Ids of the append's events, in order. */
  eventIds: readonly string[];
  /** Some try of it may have been carried out without our hearing of it. */
  uncertain: boolean;
}

/**
 * How a refused append ended; null when its entity has not moved, so that nothing of it is in the log and it may be
 * tried again. Events of one append are contiguous and follow `version`: the entity's first message after `version` tells.
 */
export async function endOf(append: Attempted, log: Readback): Promise<AppendOutcome | null> {
  const newest = await log.newest(append.entity);
  const version = newest?.sequence ?? 0;
  if (version === append.version) return null;
  if (append.uncertain) {
    const first = await log.firstAfter(append.entity, append.version);
    if (first && first.eventId === append.eventIds[0]) {
      return { outcome: "appended", sequence: first.sequence + append.eventIds.length - 1 };
    }
  }
  return { outcome: "conflict", version };
}
