import { type Match, unknownMatch } from "../match/match.ts";
import { type MatchStates, roomMax, roomOf } from "./states.ts";

/** A match that was changed and not written since. */
export interface HeldMatch {
  /** As the tables have it. */
  readonly before: Match;
  after: Match;
  /** The newest message that was folded into it. */
  readonly newest: Place;
  /** Something was heard of it since it was put behind the others. */
  heard: boolean;
}

/** Enough of a message to find it again: the body may belong to a chunk of the socket that is a hundred times its size. */
export interface Place {
  sequence: number;
  subject: string;
}

export interface HeldMatches {
  readonly all: readonly HeldMatch[];
  /** The match, which that message is about to be folded into. */
  of(id: string, newest: Place): HeldMatch;
  changed(match: HeldMatch, after: Match): void;
  /** Takes out what is beyond the room there is: settled matches first, then those that nothing was heard of for long. */
  excess(): HeldMatch[];
  /** Takes out this many, or all there are. */
  some(count: number): HeldMatch[];
  clear(): void;
}

/** Settled matches wait for a late word or a corrected result, but not for long: few ever get one. */
const settledMax = 500;

/**
 * Matches between the log and the tables. A rebuild keeps as many as fit, so that the rows of a match are written once for
 * all of its events: fixture lists come a season ahead, and what is heard of last is the match that was settled last.
 */
export function createHeldMatches(load: MatchStates["load"], room = roomMax): HeldMatches {
  const open = new Map<string, HeldMatch>();
  const settled = new Map<string, HeldMatch>();
  let taken = 0;

  /** In the order they came; those that something was heard of meanwhile are `spared` once and go behind the others. */
  function takeOut(from: Map<string, HeldMatch>, more: () => boolean, out: HeldMatch[], spared = false): void {
    for (const [id, match] of from) {
      if (!more()) return;
      from.delete(id);
      if (spared && match.heard) {
        match.heard = false;
        from.set(id, match);
        continue;
      }
      taken -= roomOf(match.after);
      out.push(match);
    }
  }

  return {
    get all() {
      return [...open.values(), ...settled.values()];
    },
    of(id, { sequence, subject }) {
      const known = open.get(id) ?? settled.get(id);
      if (known !== undefined) {
        known.newest.sequence = sequence;
        known.newest.subject = subject;
        known.heard = true;
        return known;
      }
      const before = load(id) ?? unknownMatch(id);
      const match = { before, after: before, newest: { sequence, subject }, heard: false };
      taken += roomOf(before);
      (before.settlement === null ? open : settled).set(id, match);
      return match;
    },
    changed(match, after) {
      taken += roomOf(after) - roomOf(match.after);
      if (after.settlement !== null && match.after.settlement === null) {
        open.delete(after.id);
        settled.set(after.id, match);
      }
      match.after = after;
    },
    excess() {
      const out: HeldMatch[] = [];
      takeOut(settled, () => settled.size > settledMax || taken > room, out, true);
      takeOut(open, () => taken > room, out, true);
      return out;
    },
    some(count) {
      const out: HeldMatch[] = [];
      takeOut(settled, () => out.length < count, out);
      takeOut(open, () => out.length < count, out);
      return out;
    },
    clear() {
      open.clear();
      settled.clear();
      taken = 0;
    },
  };
}
