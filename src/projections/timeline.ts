import type { LogMessage } from "../events/log.ts";
import type { MatchEvent, Recorded, Stage } from "../match/event.ts";
import { evolve } from "../match/evolve.ts";
import { type Match, unknownMatch } from "../match/match.ts";
import type { Policy } from "../match/policy.ts";
import { stageDueAt } from "../match/schedule.ts";

/** One message in the life of a match. */
export interface Moment {
  message: LogMessage;
  event: MatchEvent | null;
  /** Sequence of the event that caused this one; null when it is none of this match. */
  cause: number | null;
  /** How long after its stage fell due an answer came, as the due time was known then; 0 in time, null where that says nothing. */
  lateMs: number | null;
  /** Why it changed nothing, null when it did. */
  ignored: string | null;
}

/** The life of one match, folded from its messages alone. */
export function timelineOf(
  matchId: string,
  messages: readonly LogMessage[],
  policy: Policy,
): { moments: Moment[]; match: Match } {
  const sequences = new Map<string, number>();
  let match = unknownMatch(matchId);
  const moments = messages.map((message): Moment => {
    const { sequence } = message;
    const event = message.event !== null && isOfMatch(message.event) ? message.event : null;
    match = evolve(match, event ?? { sequence, type: null });
    if (event === null) return { message, event, cause: null, lateMs: null, ignored: null };
    sequences.set(event.id, sequence);
    return {
      message,
      event,
      cause: event.causationId === null ? null : (sequences.get(event.causationId) ?? null),
      lateMs: lateness(event, match, policy),
      ignored: match.ignored.find((it) => it.sequence === sequence)?.why ?? null,
    };
  });
  return { moments, match };
}

function isOfMatch(event: Recorded): event is MatchEvent {
  return event.type.startsWith("match.");
}

const answers: Partial<Record<MatchEvent["type"], Stage>> = {
  "match.analysed": "analyse",
  "match.lineups": "lineups",
  "match.predicted": "predict",
  "match.settled": "settle",
};

function lateness(event: MatchEvent, match: Match, policy: Policy): number | null {
  const stage = answers[event.type];
  const dueAt = stage === undefined ? null : stageDueAt(stage, match, policy);
  return dueAt === null ? null : Math.max(0, event.time - dueAt);
}

/** A moment as operators get it, over HTTP and from the command alike. Instants are ISO 8601, UTC. */
export type MomentShown = {
  sequence: number;
  subject: string;
  /** When the server stored it, on its own clock. */
  storedAt: string;
} & (
  | { undecodable: { code: string; text: string } | null; body: string }
  | {
      id: string;
      type: MatchEvent["type"];
      time: string;
      actor: string;
      causationId: string | null;
      cause: number | null;
      lateMs: number | null;
      ignored: string | null;
      data: MatchEvent["data"];
    }
);

/** Enough of a broken body to recognise it. */
const bodyShownMax = 2048;

export function shownMoment({ message, event, cause, lateMs, ignored }: Moment): MomentShown {
  const { sequence, subject, storedAt, undecodable, body } = message;
  const stored = { sequence, subject, storedAt: new Date(storedAt).toISOString() };
  if (event === null) return { ...stored, undecodable, body: new TextDecoder().decode(body.subarray(0, bodyShownMax)) };
  const { id, type, time, actor, causationId, data } = event;
  return { ...stored, id, type, time: new Date(time).toISOString(), actor, causationId, cause, lateMs, ignored, data };
}
