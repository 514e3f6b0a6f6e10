import { pino } from "pino";
import { monotonicFactory } from "ulid";
import { appendToMatch } from "../../../src/actors/append.ts";
import { wallClock } from "../../../src/clock.ts";
import type { EventLog } from "../../../src/events/log.ts";
import type { NewEvent } from "../../../src/match/event.ts";
import { unknownMatch } from "../../../src/match/match.ts";
import { observe } from "../../../src/match/observe.ts";
import type { Observation } from "../../../src/sources/source.ts";
import { matchId, observation } from "../canned-source.ts";

/** Tells the log of matches, as a poll does. */
export interface Feed {
  schedule(): Promise<void>;
  /** Every match has ended. `versions`: the newest sequence of each. */
  finish(versions: ReadonlyMap<string, number>): Promise<void>;
}

export function createFeed(log: EventLog, matches: number, kickoff: number): Feed {
  const newId = monotonicFactory();
  const node = { log, clock: wallClock, logger: pino({ level: "warn" }, pino.destination(2)) };
  const numbers = Array.from({ length: matches }, (_, match) => match);
  const states = numbers.map((match) => unknownMatch(matchId(match)));

  async function tell(match: number, seen: Observation, version: number): Promise<void> {
    const known = { ...(states[match] ?? unknownMatch(seen.matchId)), version };
    const written = await appendToMatch(node, known, (state) => {
      const time = wallClock.now();
      return observe(state, seen, time).map(
        (fact) =>
          ({ ...fact, id: newId(time), time, actor: "bench", causationId: null }) as NewEvent<"match.scheduled">,
      );
    });
    states[match] = written.state;
  }

  return {
    async schedule() {
      await Promise.all(numbers.map((match) => tell(match, observation(match, kickoff, false), 0)));
    },
    async finish(versions) {
      await Promise.all(
        numbers.map((match) => tell(match, observation(match, kickoff, true), versions.get(matchId(match)) ?? 0)),
      );
    },
  };
}
