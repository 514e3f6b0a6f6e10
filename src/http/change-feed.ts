import type { Clock, Timer } from "../clock.ts";
import { isMatchId } from "../events/subjects.ts";
import type { ReadModel } from "../projections/read-model.ts";
import type { Condition } from "./condition.ts";

/** Ids of matches, or that they were too many to name. */
export type Changed = ReadonlySet<string> | "many";

/** What a follower is told next. */
export type News =
  /** These have changed up to `sequence`. */
  | { kind: "changed"; matches: Changed; sequence: number }
  /** What changed since it last listened is no longer known: it must ask for everything anew. */
  | { kind: "reset"; sequence: number }
  /** How far what is shown can be trusted: said at first, when it turns, and after `heartbeatMs` without other news. */
  | { kind: "condition"; condition: Condition };
type Written = Exclude<News, { kind: "condition" }>;

/** One who listens. Holds one merged piece of news and the newest condition at most, however slowly it reads. */
export interface Follower {
  /** The next news; null for good once it has left. */
  next(): Promise<News | null>;
  leave(): void;
}

export interface ChangeFeed {
  /**
   * `lastSeen`: the sequence it had news up to, NaN for an unreadable one. `stranger`: where one comes from who showed no token,
   * null for the others. null when there are as many followers as there may be, of that kind or place.
   */
  join(lastSeen: number | null, stranger: string | null): Follower | null;
}

/** News goes out this often at most. */
export const coalesceMs = 250;
/** The condition is looked at this often while somebody follows: nothing is written when the log falls silent. */
export const lookEveryMs = 1000;
/** Less than what proxies take for a dead connection. */
export const heartbeatMs = 15_000;
/** More ids than this are "many": a page would rather fetch its list anew. */
export const idsMax = 200;
/** Pieces of news remembered for those who come back: a minute of nothing but changes. */
export const rememberedMax = 240;
export const followersMax = 100;
/** Of those, so many may be strangers, and so many of one place: some room is kept for who shows a token. */
export const strangersMax = 80;
export const strangersOfPlaceMax = 10;

interface ChangeFeedOptions {
  readModel: Pick<ReadModel, "onAdvance" | "sequence">;
  condition: () => Condition;
  clock: Clock;
}

/** Tells whoever follows which matches the read model shows anew, and when it no longer can. Its last timers run out by themselves. */
export function createChangeFeed({ readModel, condition, clock }: ChangeFeedOptions): ChangeFeed {
  const followers = new Map<Box, string | null>();
  const remembered: { matches: Changed; sequence: number }[] = [];
  /** Every change after this is remembered. */
  let knownFrom = readModel.sequence();
  /** Everything up to `told` has been told, what came after is being gathered. */
  let [told, newest] = [knownFrom, knownFrom];
  let gathered: Changed = new Set();
  let timer: Timer | null = null;
  let looking: Timer | null = null;

  readModel.onAdvance((at, { ids }) => {
    newest = at;
    gathered = ids === null ? "many" : merged(gathered, new Set([...ids].filter(isMatchId)));
    if (gathered === "many" || gathered.size > 0) timer ??= clock.after(coalesceMs, tell);
    else told = newest;
  });

  function tell(): void {
    timer = null;
    told = newest;
    const news = { matches: gathered, sequence: told };
    gathered = new Set();
    remembered.push(news);
    if (remembered.length > rememberedMax) knownFrom = remembered.shift()?.sequence ?? knownFrom;
    for (const follower of followers.keys()) follower.take({ kind: "changed", ...news });
  }

  function look(): void {
    looking = followers.size === 0 ? null : clock.after(lookEveryMs, look);
    const now = condition();
    for (const follower of followers.keys()) follower.turn(now);
  }

  /** What one who comes back has missed; what is being gathered reaches it with the others. */
  function missed(lastSeen: number): Written {
    if (!(lastSeen >= knownFrom && lastSeen <= newest)) return { kind: "reset", sequence: told };
    const matches = remembered
      .filter((news) => news.sequence > lastSeen)
      .reduce<Changed>((sum, news) => merged(sum, news.matches), new Set());
    return { kind: "changed", matches, sequence: Math.max(told, lastSeen) };
  }

  function hasRoom(stranger: string | null): boolean {
    if (followers.size >= followersMax) return false;
    if (stranger === null) return true;
    const strangers = [...followers.values()].filter((it) => it !== null);
    return strangers.length < strangersMax && strangers.filter((it) => it === stranger).length < strangersOfPlaceMax;
  }

  return {
    join(lastSeen, stranger) {
      if (!hasRoom(stranger)) return null;
      const box = createBox(clock, condition());
      // Said at once, so that it knows from where it would have to come back.
      box.take(lastSeen === null ? { kind: "changed", matches: new Set(), sequence: told } : missed(lastSeen));
      followers.set(box, stranger);
      looking ??= clock.after(lookEveryMs, look);
      return {
        next: box.next,
        leave() {
          followers.delete(box);
          box.close();
          if (followers.size > 0) return;
          looking?.cancel();
          looking = null;
        },
      };
    },
  };
}

function merged(a: Changed, b: Changed): Changed {
  if (a === "many" || b === "many") return "many";
  const both = new Set([...a, ...b]);
  return both.size > idsMax ? "many" : both;
}

type Box = ReturnType<typeof createBox>;

/** The one piece of news that waits for its reader, and the condition as he is to know it. */
function createBox(clock: Clock, begun: Condition) {
  let waiting: Written | null = null;
  let condition = begun;
  let isTold = false;
  let wasNews = false;
  let wake: (() => void) | null = null;
  let closed = false;
  return {
    take(news: Written): void {
      waiting = waiting === null || news.kind === "reset" ? news : joined(waiting, news);
      wake?.();
    },
    turn(now: Condition): void {
      if (now === condition) return;
      [condition, isTold] = [now, false];
      wake?.();
    },
    async next(): Promise<News | null> {
      if (waiting === null && isTold && !closed) {
        await new Promise<void>((resolve) => {
          const timer = clock.after(heartbeatMs, resolve);
          wake = () => (timer.cancel(), resolve());
        });
        wake = null;
      }
      if (closed) return null;
      // In turns: to a slow reader there is always news.
      if (waiting !== null && (isTold || !wasNews)) {
        const news = waiting;
        [waiting, wasNews] = [null, true];
        return news;
      }
      [isTold, wasNews] = [true, false];
      return { kind: "condition", condition };
    },
    close(): void {
      closed = true;
      wake?.();
    },
  };
}

function joined(old: Written, { matches, sequence }: Written & { kind: "changed" }): Written {
  if (old.kind === "reset") return { kind: "reset", sequence };
  return { kind: "changed", matches: merged(old.matches, matches), sequence };
}
