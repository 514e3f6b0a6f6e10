import { pause } from "../clock.ts";
import { callEntry, matchEntry, sourceEntry, type Stored } from "../events/entries.ts";
import type { Entity } from "../events/log.ts";
import { type Call, evolveCall } from "../match/call.ts";
import type { EventType, MatchEventType, NewEvent, OperatorEvent, SourceEvent } from "../match/event.ts";
import { evolveOnce } from "../match/evolve.ts";
import type { Match } from "../match/match.ts";
import { evolveSource, type SourceState } from "../match/polling.ts";
import type { Node } from "./node.ts";

export type Written<State> =
  /** `state` holds what was appended. */
  | { outcome: "appended"; sequence: number; state: State }
  /** The entity moved and the decision no longer holds. */
  | { outcome: "dropped"; state: State };

/** What an append needs of a node; an operator's command has as much. */
export type Appending = Pick<Node, "log" | "clock" | "logger">;

/** How long an append that the log refuses for now waits before it is tried again. */
const refusedPauseMs = 1000;

/**
 * The append rule: decide on the match as known, append if it is still as known; if not, read what is newer and decide
 * again. `decide` answers null when there is nothing (more) to append.
 */
export function appendToMatch(
  node: Appending,
  match: Match,
  decide: (match: Match) => NewEvent<MatchEventType>[] | null,
  signal?: AbortSignal,
): Promise<Written<Match>> {
  return append(
    node,
    { root: "match", id: match.id },
    match,
    decide,
    (state, messages) => messages.map(matchEntry).reduce(evolveOnce, state),
    signal,
  );
}

export function appendToSource(
  node: Appending,
  source: SourceState,
  decide: (source: SourceState) => NewEvent<SourceEvent["type"]>[] | null,
  signal?: AbortSignal,
): Promise<Written<SourceState>> {
  const evolve = (state: SourceState, messages: readonly Stored[]) =>
    messages.map(sourceEntry).reduce(evolveSource, state);
  return append(node, { root: "source", id: source.id }, source, decide, evolve, signal);
}

export function appendToCall(
  node: Appending,
  call: Call,
  decide: (call: Call) => NewEvent<OperatorEvent["type"]>[] | null,
  signal?: AbortSignal,
): Promise<Written<Call>> {
  const evolve = (state: Call, messages: readonly Stored[]) => messages.map(callEntry).reduce(evolveCall, state);
  return append(node, { root: "operator", id: call.id }, call, decide, evolve, signal);
}

async function append<State extends { version: number }, T extends EventType>(
  node: Appending,
  entity: Entity,
  known: State,
  decide: (state: State) => NewEvent<T>[] | null,
  evolve: (state: State, messages: readonly Stored[]) => State,
  signal: AbortSignal | undefined,
): Promise<Written<State>> {
  let state = known;
  for (;;) {
    const events = decide(state);
    if (events === null || events.length === 0) return { outcome: "dropped", state };
    const result = await node.log.append(entity, state.version, events as readonly NewEvent[]);
    switch (result.outcome) {
      case "appended": {
        const first = result.sequence - events.length + 1;
        const stored = events.map(
          (event, at) => ({ sequence: first + at, event: { ...event, sequence: first + at } }) as Stored,
        );
        return { outcome: "appended", sequence: result.sequence, state: evolve(state, stored) };
      }
      case "conflict":
        state = evolve(state, await node.log.history(entity, state.version));
        break;
      case "refused":
        if (result.category === "permanent")
          throw new Error(`the log refuses ${events[0]?.type} of ${entity.id}: ${result.reason}`);
        node.logger.warn({ entity: entity.id, reason: result.reason }, "the log takes nothing now");
        await pause(node.clock, refusedPauseMs, signal);
        signal?.throwIfAborted();
        break;
    }
  }
}
