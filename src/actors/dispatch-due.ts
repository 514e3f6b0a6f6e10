import { setImmediate } from "node:timers/promises";
import { type Due, due } from "../match/due.ts";
import type { MatchEventType, NewEvent, RosterEntry, Stage } from "../match/event.ts";
import { requestTypeOf } from "../match/evolve-requests.ts";
import type { Match } from "../match/match.ts";
import { mayBeDue } from "../match/next-due.ts";
import { type DuePoll, duePolls, nextPollAt, type SourceState, withSharedBudget } from "../match/polling.ts";
import { appendToMatch, appendToSource } from "./append.ts";
import type { Node } from "./node.ts";

export interface Asking {
  /** The models that a round's first prediction request freezes. */
  roster: readonly RosterEntry[];
  /** Ids (`<name>.<competition>`) of the sources this installation polls. */
  sources: readonly string[];
}

/** Where a request takes its room. */
type Lane = Stage | "retro";

/** Matches with something due that had no room, in the order in which they get it. */
export type Waiting = Map<Lane, Set<string>>;

export interface Look {
  /** The ids of what may have become due; null: whatever is due, of which `waiting` is made anew. */
  among: ReadonlySet<string> | null;
  /** What the looks before had no room for. */
  waiting: Waiting;
  /** Whether polls of the sources are looked at too. */
  polls: boolean;
}

/** A look at a backlog of thousands lets others have a turn after this long. */
const sliceMs = 15;

/** One look at what is due. Resolves once the read model shows what was appended. */
export async function dispatchDue(
  node: Node,
  { roster, sources }: Asking,
  signal: AbortSignal,
  { among, waiting, polls }: Look = { among: null, waiting: new Map(), polls: true },
): Promise<void> {
  const { clock, policy, readModel } = node;
  const now = clock.now();
  const rooms = roomsOf(node, waiting);
  let retros = policy.autoRetro ? autoRetrosAnHour - readModel.autoRetros(now - hourMs) : 0;
  const appends: Promise<number>[] = [];

  function append(appended: Promise<number>): void {
    // A look that is told to stop half-way waits for none of them, and the log may end before they do.
    appended.catch(() => {});
    appends.push(appended);
  }

  function consider(match: Match, from: Lane | null): void {
    if (!mayBeDue(match, now, policy)) return;
    const dues = due(match, now, policy).filter((it) => {
      if (it.kind === "retro") return retros-- > 0;
      return it.kind !== "request" || rooms.take(laneOf(it), match.id, from);
    });
    if (dues.length > 0) append(dispatchMatch(node, match, dues, roster, signal));
  }

  if (polls) for (const id of sources) append(dispatchPolls(node, id, now, signal));
  if (among === null) {
    waiting.clear();
    let sliceBegan = clock.elapsed();
    for (const match of readModel.dueMatches(now)) {
      consider(match, null);
      if (clock.elapsed() - sliceBegan < sliceMs) continue;
      await setImmediate();
      signal.throwIfAborted();
      sliceBegan = clock.elapsed();
    }
  } else {
    for (const { id, lane } of rooms.admitted()) {
      const match = readModel.match(id);
      if (match !== null) consider(match, lane);
    }
    for (const id of among) {
      const match = readModel.match(id);
      if (match !== null) consider(match, null);
    }
  }
  if (appends.length > 0) await readModel.reached(Math.max(...(await Promise.all(appends))), signal);
}

const hourMs = 3_600_000;

/** The most that is asked for in hindsight without an operator: an outage of a night must not cost a fortune by itself. */
export const autoRetrosAnHour = 20;

function laneOf({ stage, retroactive }: Extract<Due, { kind: "request" }>): Lane {
  return retroactive ? "retro" : stage;
}

interface Rooms {
  /** Takes room in a lane; where there is none, or others wait for it, the match waits too. `from`: the lane it waited for. */
  take(lane: Lane, id: string, from: Lane | null): boolean;
  /** Those that waited, as long as there is room for them. */
  admitted(): Iterable<{ id: string; lane: Lane }>;
}

/** At most `inFlight` unanswered requests of a stage at a time: what is nearest kick-off comes first and takes the room. */
function roomsOf(node: Node, waiting: Waiting): Rooms {
  const taken = node.readModel.inFlight();
  // A simulated clock would jump over what is not asked for: there, what is held back waits as a delivery.
  const predicts = node.clock.kind === "simulated" || (node.brake?.reason ?? null) === null;
  const hasRoom = (lane: Lane) => taken[lane] < node.policy.inFlight[lane] && (predicts || lane !== "predict");
  return {
    take(lane, id, from) {
      const queue = waiting.get(lane);
      if (hasRoom(lane) && (from === lane || queue === undefined || queue.size === 0)) {
        taken[lane]++;
        return true;
      }
      if (queue === undefined) waiting.set(lane, new Set([id]));
      else queue.add(id);
      return false;
    },
    *admitted() {
      for (const [lane, queue] of waiting) {
        for (const id of queue) {
          if (!hasRoom(lane)) break;
          queue.delete(id);
          yield { id, lane };
        }
      }
    },
  };
}

/** Sequence up to which the read model must come before the next look; of a conflict, the newer message that caused it. */
async function dispatchMatch(
  node: Node,
  match: Match,
  dues: readonly Due[],
  roster: readonly RosterEntry[],
  signal: AbortSignal,
): Promise<number> {
  const time = node.clock.now();
  const events = dues.map((it) => eventOf(it, match, roster, time, node.newId(time)));
  // Whoever moved the match may have done what was due: the next look decides on what it has become.
  const written = await appendToMatch(
    node,
    match,
    (state) => (state.version === match.version ? events : null),
    signal,
  );
  return written.outcome === "appended" ? written.sequence : written.state.version;
}

function eventOf(
  it: Due,
  match: Match,
  roster: readonly RosterEntry[],
  time: number,
  id: string,
): NewEvent<MatchEventType> {
  const envelope = { id, time, actor: "pipeline:dispatch", causationId: it.causationId };
  switch (it.kind) {
    case "request": {
      const { stage, round, attempt, reason, budgetMs, retroactive } = it;
      const asked = { round, attempt, reason, budgetMs, retroactive };
      if (stage !== "predict") return { ...envelope, type: requestTypeOf(stage), data: { stage, ...asked } };
      const frozen = round === match.round.number ? match.round.roster : null;
      return {
        ...envelope,
        type: "match.prediction.requested",
        data: { stage, ...asked, roster: frozen ?? [...roster] },
      };
    }
    case "missed":
      return { ...envelope, type: "match.failed", data: it.data };
    case "no-lineups":
      return { ...envelope, type: "match.lineups", data: it.data };
    case "retro":
      return { ...envelope, type: "match.retro.requested", data: it.data };
    case "gap-raised":
      return { ...envelope, type: "match.gap.raised", data: it.data };
    case "gap-resolved":
      return { ...envelope, type: "match.gap.resolved", data: it.data };
  }
}

async function dispatchPolls(node: Node, id: string, now: number, signal: AbortSignal): Promise<number> {
  const source = sourceOf(node, id);
  const due = duePolls(source, kickoffsAwaited(node, id, now), now, node.policy);
  if (due.length === 0) return 0;
  const time = node.clock.now();
  const events = due.map((poll) => pollEvent(poll, time, node.newId(time)));
  const written = await appendToSource(
    node,
    source,
    (state) => (state.version === source.version ? events : null),
    signal,
  );
  return written.outcome === "appended" ? written.sequence : written.state.version;
}

function pollEvent({ causationId, ...data }: DuePoll, time: number, id: string): NewEvent<"source.poll.requested"> {
  return { id, type: "source.poll.requested", time, actor: "pipeline:dispatch", causationId, data };
}

/** When the next poll of a source is due after `now`, null for never. */
export function nextSourceDueAt(node: Node, id: string, now: number): number | null {
  const source = sourceOf(node, id);
  const kickoffs = kickoffsAwaited(node, id, now);
  const instants = (["fixtures", "results"] as const).map((kind) => nextPollAt(source, kind, kickoffs, node.policy));
  const later = instants.filter((at) => at !== null && at > now);
  return later.length === 0 ? null : Math.min(...(later as number[]));
}

function sourceOf(node: Node, id: string): SourceState {
  return withSharedBudget(node.readModel.source(id), node.readModel.sources());
}

const sweptMs = 30 * 24 * 60 * 60 * 1000;

function kickoffsAwaited(node: Node, id: string, now: number): number[] {
  return node.readModel.awaitingKickoffs(id.slice(id.indexOf(".") + 1), now - sweptMs);
}
