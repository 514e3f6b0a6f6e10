import { pause, type Timer } from "../clock.ts";
import { type Asking, dispatchDue, type Look, nextSourceDueAt, type Waiting } from "./dispatch-due.ts";
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

/** A look at everything waits ten times as long as the one before took: with 20,000 matches overdue that is a second. */
const restAfterLook = 10;

/**
 * Appends a request for whatever `due` says and nobody asked for. It looks whenever the read model has moved, at what has
 * moved, and at everything when another instant comes and at least once in a while. All it needs to know is in the read
 * model, so any number of nodes may run one; what it keeps for itself only saves it from looking at a backlog again and again.
 */
export function startDispatcher(node: Node, options: DispatchOptions): Dispatcher {
  let wanted = true;
  /** null: everything. */
  let touched: Set<string> | null = null;
  const waiting: Waiting = new Map();
  /** Everything that fell due up to then was looked at. */
  let seenTo = 0;
  let pollsAt: number | null = null;
  /** Wall time, on `elapsed`, from which it looks at everything again. */
  let wholeAt = 0;
  /** The last look was at everything, and nobody has asked for quiet since. */
  let whole = false;
  const end = new AbortController();
  let timer: Timer | null = null;
  let wake: () => void = () => {};
  const quietWaiters: (() => void)[] = [];

  const want = () => {
    wanted = true;
    wake();
  };
  const unwatch = node.readModel.onAdvance((_, { ids }) => {
    if (ids === null) touched = null;
    else for (const id of ids) touched?.add(id);
    want();
  });

  async function run(): Promise<void> {
    while (!end.signal.aborted) {
      if (!wanted && (whole || quietWaiters.length === 0)) {
        tellQuiet();
        await sleep();
        continue;
      }
      // Only a look at everything tells that there is nothing.
      if (!wanted) touched = null;
      wanted = false;
      try {
        await look();
      } catch (error) {
        if (end.signal.aborted) break;
        touched = null;
        node.logger.error({ err: error }, "a dispatch tick failed");
        await pause(node.clock, sleepMaxMs, end.signal);
        wanted = true;
      }
    }
    tellQuiet();
  }

  async function look(): Promise<void> {
    const { clock, readModel } = node;
    const [now, began] = [clock.now(), clock.elapsed()];
    // A simulated clock stands still while there is work: what was looked at then is not due for anything else.
    const late = began >= wholeAt && now > seenTo;
    const among = late || (readModel.nextMatchDueAt(seenTo) ?? now + 1) <= now ? null : touched;
    const polls = among === null || (pollsAt ?? now + 1) <= now || options.sources.some((id) => among.has(id));
    [touched, seenTo, whole] = [new Set(), now, among === null];
    const what: Look = { among, waiting, polls };
    await dispatchDue(node, options, end.signal, what);
    if (polls) pollsAt = nextPollAt(now);
    if (among === null) wholeAt = clock.elapsed() + Math.max(sleepMaxMs, restAfterLook * (clock.elapsed() - began));
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

  function nextPollAt(now: number): number | null {
    return earliest(options.sources.map((id) => nextSourceDueAt(node, id, now)));
  }

  function nextDueAt(now: number): number | null {
    return earliest([node.readModel.nextMatchDueAt(now), nextPollAt(now)]);
  }

  const running = run();
  return {
    quiet: () =>
      new Promise((resolve) => {
        if (end.signal.aborted) return resolve();
        quietWaiters.push(resolve);
        whole = false;
        wake();
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

function earliest(instants: readonly (number | null)[]): number | null {
  const known = instants.filter((at) => at !== null);
  return known.length === 0 ? null : Math.min(...known);
}
