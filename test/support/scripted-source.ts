import { wallClock } from "../../src/clock.ts";
import type { Score } from "../../src/match/event.ts";
import type { Status } from "../../src/match/status.ts";
import type { LineupsAnswer, Observation, Source, SourcePage } from "../../src/sources/source.ts";

export const competition = "cup";
export const sourceName = "script";

/** What a provider tells of one match. */
export interface ScriptedMatch {
  /** Epoch milliseconds. */
  kickoff: number;
  status: Status;
  /** Told once the status is `finished`. */
  score: Score | null;
}

/** A provider that tells what its test says, and counts what it is asked. */
export interface ScriptedSource extends Source {
  readonly matches: Map<string, ScriptedMatch>;
  /** A match by name, kick-off in so many milliseconds from now; returns its id. */
  add(name: string, kickoffIn: number, more?: Partial<ScriptedMatch>): string;
  /** Changes what is told of a match from now on. */
  set(id: string, change: Partial<ScriptedMatch>): void;
  finish(id: string, home: number, away: number): void;
  /** What is thrown instead of any answer; null: it is up. */
  down: Error | null;
  /** Line-ups of one match instead of the usual ones; may throw. `call` counts from 1. */
  readonly lineupsOf: Map<string, (call: number) => LineupsAnswer | null | Promise<LineupsAnswer | null>>;
  /** Matches whose state a results poll asked for, by poll. */
  readonly swept: (readonly string[])[];
}

export function scriptedSource(): ScriptedSource {
  const matches = new Map<string, ScriptedMatch>();
  const calls = new Map<string, number>();
  const swept: (readonly string[])[] = [];
  const known = (id: string): ScriptedMatch => {
    const match = matches.get(id);
    if (match === undefined) throw new Error(`no match ${id} in this script`);
    return match;
  };
  const page = (ids: readonly string[]): Promise<SourcePage> => {
    if (source.down !== null) return Promise.reject(source.down);
    const observations = ids.map((id) => observation(id, known(id)));
    return Promise.resolve({ observations, rejected: [], quarantined: [], budget: null, exhausted: false });
  };
  const source: ScriptedSource = {
    name: sourceName,
    competitions: [{ id: competition, code: "CUP", name: "Scripted" }],
    firstKickoff: null,
    matches,
    swept,
    lineupsOf: new Map(),
    down: null,
    add(name, kickoffIn, more = {}) {
      const id = `${competition}-2026-${name}-guest`;
      matches.set(id, { kickoff: wallClock.now() + kickoffIn, status: "scheduled", score: null, ...more });
      return id;
    },
    set: (id, change) => void Object.assign(known(id), change),
    finish: (id, home, away) => void Object.assign(known(id), { status: "finished", score: { home, away } }),
    fixtures: (_, window) =>
      page(
        [...matches].flatMap(([id, { kickoff }]) =>
          kickoff <= window.to && (window.from === null || kickoff >= window.from) ? [id] : [],
        ),
      ),
    results: (_, ids) => {
      swept.push(ids);
      return page(ids);
    },
    async lineups(_, id) {
      const call = (calls.get(id) ?? 0) + 1;
      calls.set(id, call);
      const special = source.lineupsOf.get(id);
      if (special !== undefined) return special(call);
      return Promise.resolve({ available: true, home: ["one"], away: ["two"] });
    },
  };
  return source;
}

function observation(id: string, { kickoff, status, score }: ScriptedMatch): Observation {
  const [, , home = "", away = ""] = id.split("-");
  return {
    matchId: id,
    fixture: {
      competition,
      season: "2026",
      matchday: null,
      teams: { home: { id: home, name: home }, away: { id: away, name: away } },
      kickoff: new Date(kickoff).toISOString(),
      timeAssumed: false,
      status,
      source: { name: sourceName, ref: id },
    },
    result:
      status === "finished" && score !== null
        ? { score: { regular: score, extraTime: null, shootOut: null }, how: "regular" }
        : null,
  };
}
