import { pause, type Timer } from "../clock.ts";
import { type Due, due } from "../match/due.ts";
import type { MatchEventType, NewEvent, RosterEntry, Stage } from "../match/event.ts";
import { requestTypeOf } from "../match/evolve-requests.ts";
import type { Match } from "../match/match.ts";
import { type DuePoll, duePolls, nextPollAt, type SourceState } from "../match/polling.ts";
import { appendToMatch, appendToSource } from "./append.ts";
import type { Node } from "./node.ts";

export interface DispatchOptions {
  roster: readonly RosterEntry[];
  /** Ids (`<name>.<competition>`) of the sources this installation polls. */
  sources: readonly string[];
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
        await tick(node, options, end.signal);
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
    const instants = [node.readModel.nextMatchDueAt(now), ...options.sources.map((id) => nextSourceDueAt(node, id, now))];
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

/** One look at everything that is due. Resolves once the read model shows what was appended. */
async function tick(node: Node, options: DispatchOptions, signal: AbortSignal): Promise<void> {
  const now = node.clock.now();
  const room = roomFor(node);
  const appends: Promise<number>[] = options.sources.map((id) => dispatchPolls(node, id, now, signal));
  for (const match of node.readModel.dueMatches(now)) {
    const dues = due(match, now, node.policy).filter((it) => it.kind !== "request" || room(it));
    if (dues.length > 0) appends.push(dispatchMatch(node, match, dues, options.roster, signal));
  }
  if (appends.length > 0) await node.readModel.reached(Math.max(...(await Promise.all(appends))), signal);
}

/** At most `inFlight` unanswered requests of a stage at a time: what is nearest kick-off comes first and takes the room. */
function roomFor(node: Node): (due: Extract<Due, { kind: "request" }>) => boolean {
  const taken = node.readModel.inFlight();
  return ({ stage, retroactive }) => {
    const lane: Stage | "retro" = retroactive ? "retro" : stage;
    if (taken[lane] >= node.policy.inFlight[lane]) return false;
    taken[lane]++;
    return true;
  };
}

/** Sequence up to which the read model must come before the next tick; of a conflict, the newer message that caused it. */
async function dispatchMatch(
  node: Node,
  match: Match,
  dues: readonly Due[],
  roster: readonly RosterEntry[],
  signal: AbortSignal,
): Promise<number> {
  const time = node.clock.now();
  const events = dues.map((it) => eventOf(it, match, roster, time, node.newId(time)));
  // Whoever moved the match may have done what was due: the next tick decides on what it has become.
  const written = await appendToMatch(node, match, (state) => (state.version === match.version ? events : null), signal);
  return written.outcome === "appended" ? written.sequence : written.state.version;
}

function eventOf(it: Due, match: Match, roster: readonly RosterEntry[], time: number, id: string): NewEvent<MatchEventType> {
  const envelope = { id, time, actor: "pipeline:dispatch", causationId: it.causationId };
  switch (it.kind) {
    case "request": {
      const { stage, round, attempt, reason, budgetMs, retroactive } = it;
      const asked = { round, attempt, reason, budgetMs, retroactive };
      if (stage !== "predict") return { ...envelope, type: requestTypeOf(stage), data: { stage, ...asked } };
      const frozen = round === match.round.number ? match.round.roster : null;
      return { ...envelope, type: "match.prediction.requested", data: { stage, ...asked, roster: frozen ?? [...roster] } };
    }
    case "missed":
      return { ...envelope, type: "match.failed", data: it.data };
    case "no-lineups":
      return { ...envelope, type: "match.lineups", data: it.data };
    case "gap-raised":
      return { ...envelope, type: "match.gap.raised", data: it.data };
    case "gap-resolved":
      return { ...envelope, type: "match.gap.resolved", data: it.data };
  }
}

async function dispatchPolls(node: Node, id: string, now: number, signal: AbortSignal): Promise<number> {
  const source = node.readModel.source(id);
  const due = duePolls(source, kickoffsAwaited(node, id, now), now, node.policy);
  if (due.length === 0) return 0;
  const time = node.clock.now();
  const events = due.map((poll) => pollEvent(poll, time, node.newId(time)));
  const written = await appendToSource(node, source, (state) => (state.version === source.version ? events : null), signal);
  return written.outcome === "appended" ? written.sequence : written.state.version;
}

function pollEvent({ causationId, ...data }: DuePoll, time: number, id: string): NewEvent<"source.poll.requested"> {
  return { id, type: "source.poll.requested", time, actor: "pipeline:dispatch", causationId, data };
}

function nextSourceDueAt(node: Node, id: string, now: number): number | null {
  const source: SourceState = node.readModel.source(id);
  const kickoffs = kickoffsAwaited(node, id, now);
  const instants = (["fixtures", "results"] as const).map((kind) => nextPollAt(source, kind, kickoffs, node.policy));
  const later = instants.filter((at) => at !== null && at > now);
  return later.length === 0 ? null : Math.min(...(later as number[]));
}

const sweptMs = 30 * 24 * 60 * 60 * 1000;

function kickoffsAwaited(node: Node, id: string, now: number): number[] {
  return node.readModel.awaitingKickoffs(id.slice(id.indexOf(".") + 1), now - sweptMs);
}
