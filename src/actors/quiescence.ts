import type { SimulatedClock } from "../clock.ts";
import type { RunningActor } from "./actor.ts";
import type { Dispatcher } from "./dispatch.ts";
import type { Node } from "./node.ts";

export interface SimulatedRun {
  clock: SimulatedClock;
  node: Node;
  dispatcher: Dispatcher;
  actors: readonly RunningActor[];
  /** Resolves at the next delivery that an actor has handled. */
  nextHandled(): Promise<void>;
  signal: AbortSignal;
}

/**
 * Moves a simulated clock from one due instant to the next, each time when nothing is left to do at the present one: no
 * delivery pending or unacknowledged, the read model at the end of the log, and a dispatcher that finds nothing due.
 * Resolves when nothing will ever be due again.
 */
export async function playSimulated(run: SimulatedRun): Promise<void> {
  const { clock, dispatcher, signal } = run;
  while (!signal.aborted) {
    await quiescent(run);
    if (signal.aborted) return;
    const next = dispatcher.nextDueAt(clock.now());
    if (next === null) return;
    clock.jump(next);
  }
}

async function quiescent({ node, dispatcher, actors, nextHandled, signal }: SimulatedRun): Promise<void> {
  while (!signal.aborted) {
    // Only a dispatcher that looked at all of it, and found nothing, has the last word.
    const sequence = node.readModel.sequence();
    await dispatcher.quiet();
    const handled = nextHandled();
    if (signal.aborted) return;
    // In this order: who is done with a delivery has appended its facts before, so the log's end is asked for last.
    const pending = await node.log.pending();
    if (pending > 0 || actors.some((actor) => actor.held() > 0)) {
      await handled;
      continue;
    }
    const last = await node.log.last();
    if (last > node.readModel.sequence()) await node.readModel.reached(last, signal).catch(() => {});
    else if (last === sequence) return;
  }
}
