import { wallClock } from "../../src/clock.ts";
import { openLog } from "../../src/open-log.ts";
import { createBell } from "../../src/events/bell.ts";
import type { EventLog, LogMessage } from "../../src/events/log.ts";
import type { MatchEvent, MatchEventType, Recorded, SourceEvent } from "../../src/match/event.ts";

/** What the log of a node holds, as it comes, over as many starts as there are. */
export interface LiveFacts {
  readonly messages: readonly LogMessage[];
  /** The log itself, for whoever appends to it; the present start's. */
  readonly log: EventLog;
  /** Events of one match, in order. */
  of(id: string): MatchEvent[];
  of<T extends MatchEventType>(id: string, type: T): Recorded<T>[];
  polls<T extends SourceEvent["type"]>(type: T): Recorded<T>[];
  /** Resolves with the first answer that is not null or undefined; rejects after `withinMs`, telling the story of `about`. */
  until<T>(withinMs: number, about: string, look: () => T | null | undefined): Promise<T>;
  /** The first event of that type and match, now or later. */
  first<T extends MatchEventType>(
    withinMs: number,
    id: string,
    type: T,
    where?: (event: Recorded<T>) => boolean,
  ): Promise<Recorded<T>>;
  /** Resolves once something newer than that instant stands in the log: what had not happened by then, has not. */
  passes(instant: number): Promise<void>;
  /** Follows the log at that address; resolves once it has all that stood in it. */
  attach(natsUrl: string): Promise<void>;
  detach(): Promise<void>;
}

/** A wait for the log to pass an instant ends this long after it: a node polls all the time. */
const passMs = 5000;

export function liveFacts(): LiveFacts {
  const messages: LogMessage[] = [];
  const byMatch = new Map<string, MatchEvent[]>();
  const news = createBell();
  let attached: { log: EventLog; end: () => Promise<void> } | null = null;

  function take(batch: readonly LogMessage[]): void {
    for (const message of batch) {
      messages.push(message);
      const { entity, event } = message;
      if (entity?.root !== "match" || event === null) continue;
      const events = byMatch.get(entity.id) ?? [];
      byMatch.set(entity.id, events);
      events.push(event as MatchEvent);
    }
    news.ring();
  }

  function of(id: string, type?: MatchEventType): never {
    const events = byMatch.get(id) ?? [];
    return (type === undefined ? [...events] : events.filter((event) => event.type === type)) as never;
  }

  async function until<T>(withinMs: number, about: string, look: () => T | null | undefined): Promise<T> {
    let late = false;
    const timer = wallClock.after(withinMs, () => {
      late = true;
      news.ring();
    });
    try {
      for (;;) {
        const found = look();
        if (found !== null && found !== undefined) return found;
        if (late) throw new Error(`not within ${withinMs} ms: ${about}\n${story(about)}`);
        await news.heard();
      }
    } finally {
      timer.cancel();
    }
  }

  function story(id: string): string {
    const events: MatchEvent[] = byMatch.get(id) ?? [];
    const began = events[0]?.time ?? 0;
    return events
      .map((event) =>
        `${event.sequence} +${event.time - began} ${event.type} ${JSON.stringify(event.data)}`.slice(0, 300),
      )
      .join("\n");
  }

  return {
    messages,
    get log() {
      if (attached === null) throw new Error("no node runs");
      return attached.log;
    },
    of,
    polls: (type) => messages.flatMap(({ event }) => (event?.type === type ? [event] : [])) as never,
    until,
    first: (withinMs, id, type, where = () => true) =>
      until(withinMs, id, () => (of(id, type) as Recorded<typeof type>[]).find(where)),
    async passes(instant) {
      await until(Math.max(0, instant - wallClock.now()) + passMs, `the log passes ${instant}`, () =>
        (messages.at(-1)?.event?.time ?? 0) > instant ? true : null,
      );
    },
    async attach(natsUrl) {
      const log = await openLog(natsUrl, { natsCreds: null, replicas: 1 });
      const end = new AbortController();
      const following = (async () => {
        for await (const batch of log.follow(messages.at(-1)?.sequence ?? 0, end.signal)) take(batch);
      })();
      attached = {
        log,
        end: async () => {
          end.abort();
          await following.catch(() => {});
          await log.close();
        },
      };
      const last = await log.last();
      await until(5000, `the log up to ${last}`, () => ((messages.at(-1)?.sequence ?? 0) >= last ? true : null));
    },
    async detach() {
      const ended = attached;
      attached = null;
      await ended?.end();
    },
  };
}
