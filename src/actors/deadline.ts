import { setMaxListeners } from "node:events";
import type { Clock, Timer } from "../clock.ts";
import type { Recorded, Stage } from "../match/event.ts";
import type { RequestType } from "../match/evolve-requests.ts";
import { expiresAt, isCurrent } from "../match/schedule.ts";
import { Stopped, type StopReason } from "./errors.ts";
import type { Node } from "./node.ts";

export interface Deadline {
  /** Aborts with `Stopped`. */
  signal: AbortSignal;
  /** Ends the work for a reason of its own; the first reason stands. */
  abort(why: StopReason): void;
  /** Forgets the timers once the work is over. */
  stop(): void;
}

/**
 * The signal a handler works under: the budget from its start, the end of the request's life, a match that moved on, the
 * node's drain. null when the request's life is already over: it will be asked again, and must not be paid for twice.
 */
export function startDeadline(
  node: Node,
  stage: Stage,
  event: Recorded<RequestType>,
  matchId: string,
  drain: AbortSignal,
): Deadline | null {
  const { budgetMs } = event.data;
  // Under a simulated clock a request is as old as its clock's last jump: only the budget says anything.
  const life =
    node.clock.kind === "wall" ? expiresAt({ time: event.time, budgetMs }, node.policy) - node.clock.now() : null;
  if (life !== null && life <= 0) return null;

  const controller = new AbortController();
  // A panel of models listens, which Node would warn of.
  setMaxListeners(0, controller.signal);
  const abort = (why: StopReason) => controller.abort(new Stopped(why));
  const timers: Timer[] = [node.clock.after(budgetMs, () => abort("budget"))];
  if (life !== null) timers.push(node.clock.after(life, () => abort("expired")));
  const unwatch = node.readModel.onAdvance((_, touched) => {
    // Hundreds of handlers listen; nearly every commit is about other matches.
    if (!touched.has(matchId)) return;
    const known = node.readModel.match(matchId);
    if (known !== null && !isCurrent(known, stage, event.id, node.clock.now(), node.policy)) abort("superseded");
  });
  const onDrain = () => abort("drain");
  if (drain.aborted) onDrain();
  else drain.addEventListener("abort", onDrain, { once: true });
  return {
    signal: controller.signal,
    abort,
    stop() {
      for (const timer of timers) timer.cancel();
      unwatch();
      drain.removeEventListener("abort", onDrain);
    },
  };
}

/** What told work may still take to say what it already has, e.g. answers that have arrived. */
const graceMs = 500;

/** Work that ignores its signal is left behind: whoever waits for it is not. Rejects with the signal's reason then. */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal, clock: Clock): Promise<T> {
  return new Promise((resolve, reject) => {
    let grace: Timer | null = null;
    const stop = () => {
      grace = clock.after(graceMs, () => reject(signal.reason as Error));
    };
    const settle = () => {
      grace?.cancel();
      signal.removeEventListener("abort", stop);
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    work.then(
      (value) => (settle(), resolve(value)),
      (error: unknown) => (settle(), reject(error as Error)),
    );
  });
}
