import { pause, type Timer } from "../clock.ts";
import { type Asking, dispatchDue, nextSourceDueAt } from "./dispatch-due.ts";
import type { Node } from "./node.ts";

export interface DispatchOptions extends Asking {
  /** How long a tick waits after what caused it, so that several nodes do not all decide at once. */
  staggerMs: number;
}

export interface Dispatcher {
  /** Resolves when a tick begun after this call found nothing to append and no new one is asked for; at once when stopped. */
  quiet(): Promise<void>;
  /** Earliest instant after `now` at which something is due; null when nothing ever will be. */
  nextDueAt(now: number): number | null;
  stop(): Promise<void>;
}

/** The longest the dispatcher sleeps on the wall clock: a bound on what a lost wake-up could cost. */
const sleepMaxMs = 1000;

/**
 * Appends a request for whatever `due` says and nobody asked for. It looks whenever the read model has moved and when the
 * next instant comes; all it knows is in the read model, so any number of nodes may run one and none needs a memory.
 */
export function startDispatcher(node: Node, options: DispatchOptions): Dispatcher {
  let wanted = true;
  const end = new AbortController();
  let timer: Timer | null = null;
  let wake: () => void = () => {};
  const quietWaiters: (() => void)[] = [];

  const want = () => {
    wanted = true;
    wake();
  };
  const unwatch = node.readModel.onAdvance(want);

  async function run(): Promise<void> {
    while (!end.signal.aborted) {
      if (!wanted) {
        tellQuiet();
        await sleep();
        continue;
      }
      wanted = false;
      try {
        await dispatchDue(node, options, end.signal);
      } catch (error) {
        if (end.signal.aborted) break;
        node.logger.error({ err: error }, "a dispatch tick failed");
        await pause(node.clock, sleepMaxMs, end.signal);
        wanted = true;
      }
    }
    tellQuiet();
  }

  function tellQuiet(): void {
    for (const resolve of quietWaiters.splice(0)) resolve();
  }

  function sleep(): Promise<void> {
    return new Promise((resolve) => {
      wake = () => {
        timer?.cancel();
        wake = () => {};
        if (options.staggerMs > 0) void pause(node.clock, options.staggerMs, end.signal).then(resolve);
        else resolve();
      };
      if (wanted || end.signal.aborted) return wake();
      if (node.clock.kind === "simulated") return;
      const now = node.clock.now();
      const next = nextDueAt(now) ?? now + sleepMaxMs;
      timer = node.clock.after(Math.min(sleepMaxMs, Math.max(1, next - now)), want);
    });
  }

  function nextDueAt(now: number): number | null {
    const instants = [
      node.readModel.nextMatchDueAt(now),
      ...options.sources.map((id) => nextSourceDueAt(node, id, now)),
    ];
    const known = instants.filter((at) => at !== null);
    return known.length === 0 ? null : Math.min(...known);
  }

  const running = run();
  return {
    quiet: () =>
      new Promise((resolve) => {
        if (end.signal.aborted) return resolve();
        quietWaiters.push(resolve);
        want();
      }),
    nextDueAt,
    async stop() {
      end.abort();
      unwatch();
      wake();
      await running;
    },
  };
}
