import type { MatchEvent, MatchEventType, Recorded } from "../../../match/event.ts";
import type { Match } from "../../../match/match.ts";
import type { StageRow } from "../../../projections/stages.ts";
import { type Moment, timelineOf } from "../../../projections/timeline.ts";
import type { Ask } from "../../asking.ts";
import { fromLog } from "../../from-log.ts";
import type { HttpOptions } from "../../options.ts";
import { Refused } from "../../problem.ts";

/** What the page of one match shows: all of it of one sequence, that of the match's row. */
export interface LoadedMatch {
  match: Match;
  stages: StageRow[];
  /** Its messages from the log; null where that does not answer. */
  life: Life | null;
}

export interface Life {
  /** Ascending by sequence; none is newer than the match as the read model has it. */
  moments: Moment[];
  /** Messages of it that the read model has not come to. */
  newer: number;
}

/** null for an id that nobody knows. */
export async function loadMatch(
  id: string,
  { options, ask }: { options: HttpOptions; ask: Ask },
): Promise<LoadedMatch | null> {
  const found = ask((it) => {
    const match = it.match(id);
    return match === null ? null : { match, stages: it.stageRows(id) };
  });
  return found === null ? null : { ...found, life: await lifeOf(found.match, options) };
}

async function lifeOf({ id, version }: Match, options: HttpOptions): Promise<Life | null> {
  try {
    const messages = await fromLog(options, () => options.log.history({ root: "match", id }));
    const known = messages.filter(({ sequence }) => sequence <= version);
    return { moments: timelineOf(id, known, options.policy).moments, newer: messages.length - known.length };
  } catch (error) {
    if (error instanceof Refused && error.status === 503) return null;
    throw error;
  }
}

/** The events of some types that changed something, ascending. */
export function eventsOf<T extends MatchEventType>(life: Life, ...types: T[]): Recorded<T>[] {
  const wanted: readonly MatchEventType[] = types;
  return life.moments.flatMap(({ event, ignored }) =>
    event !== null && ignored === null && wanted.includes(event.type) ? [event as MatchEvent & Recorded<T>] : [],
  );
}
