import { type Due, due } from "../match/due.ts";
import type { MatchEventType, NewEvent, RosterEntry, Stage } from "../match/event.ts";
import { requestTypeOf } from "../match/evolve-requests.ts";
import type { Match } from "../match/match.ts";
import { type DuePoll, duePolls, nextPollAt, type SourceState, withSharedBudget } from "../match/polling.ts";
import { appendToMatch, appendToSource } from "./append.ts";
import type { Node } from "./node.ts";

export interface Asking {
  /** The models that a round's first prediction request freezes. */
  roster: readonly RosterEntry[];
  /** Ids (`<name>.<competition>`) of the sources this installation polls. */
  sources: readonly string[];
}

/** One look at everything that is due. Resolves once the read model shows what was appended. */
export async function dispatchDue(node: Node, { roster, sources }: Asking, signal: AbortSignal): Promise<void> {
  const now = node.clock.now();
  const room = roomFor(node);
  let retros = node.policy.autoRetro ? autoRetrosAnHour - node.readModel.autoRetros(now - hourMs) : 0;
  // A simulated clock would jump over what is not asked for: there, what is held back waits as a delivery.
  const predicts = node.clock.kind === "simulated" || (node.brake?.reason ?? null) === null;
  const appends: Promise<number>[] = sources.map((id) => dispatchPolls(node, id, now, signal));
  for (const match of node.readModel.dueMatches(now)) {
    const dues = due(match, now, node.policy).filter((it) => {
      if (it.kind === "retro") return retros-- > 0;
      return it.kind !== "request" || ((predicts || it.stage !== "predict") && room(it));
    });
    if (dues.length > 0) appends.push(dispatchMatch(node, match, dues, roster, signal));
  }
  if (appends.length > 0) await node.readModel.reached(Math.max(...(await Promise.all(appends))), signal);
}

const hourMs = 3_600_000;

/** The most that is asked for in hindsight without an operator: an outage of a night must not cost a fortune by itself. */
export const autoRetrosAnHour = 20;

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
