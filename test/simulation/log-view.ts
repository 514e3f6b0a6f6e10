import { decode, type StoredMessage } from "../../src/events/envelope.ts";
import type { LogMessage } from "../../src/events/log.ts";
import type { MatchEvent, SourceEvent } from "../../src/match/event.ts";
import { evolve } from "../../src/match/evolve.ts";
import { type Match, unknownMatch } from "../../src/match/match.ts";
import { evolveSource, type SourceState, unknownSource } from "../../src/match/polling.ts";
import { isTerminal } from "../../src/match/status.ts";
import { sourceKey } from "./units.ts";

/** The log as it stands, folded by nobody who could have missed something. */
export interface LogView {
  /** Takes in what is new; calls `onMessage` for each. */
  advance(onMessage: (message: LogMessage) => void): void;
  match(id: string): Match;
  matches(): Iterable<Match>;
  source(): SourceState;
  /** Kick-offs of the matches that wait for a result. */
  awaited(): number[];
}

export function createLogView(messages: readonly StoredMessage[]): LogView {
  const matches = new Map<string, Match>();
  let source = unknownSource(sourceKey);
  let seen = 0;
  const match = (id: string) => matches.get(id) ?? unknownMatch(id);
  return {
    advance(onMessage) {
      while (seen < messages.length) {
        const message = decode(messages[seen++] as StoredMessage);
        const { entity, event, sequence } = message;
        if (entity?.root === "match") {
          matches.set(entity.id, evolve(match(entity.id), (event as MatchEvent | null) ?? { sequence, type: null }));
        }
        if (entity?.root === "source" && entity.id === sourceKey) {
          source = evolveSource(source, (event as SourceEvent | null) ?? { sequence, type: null });
        }
        onMessage(message);
      }
    },
    match,
    matches: () => matches.values(),
    source: () => source,
    awaited: () =>
      [...matches.values()].flatMap(({ fixture }) =>
        fixture === null ||
        fixture.purpose === "history" ||
        fixture.status === "postponed" ||
        isTerminal(fixture.status)
          ? []
          : [fixture.kickoff],
      ),
  };
}
