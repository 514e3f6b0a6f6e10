import type { LogMessage } from "../events/log.ts";
import { gapOf } from "../match/coverage.ts";
import type { GapRaised, MatchEvent, Severity, Stage } from "../match/event.ts";
import { evolve } from "../match/evolve.ts";
import { type Match, unknownMatch } from "../match/match.ts";
import type { Policy } from "../match/policy.ts";
import { isVoid } from "../match/status.ts";
import { matchEntry } from "../events/entries.ts";
import type { Node } from "./node.ts";

/** What is told of a gap, and the webhook's body. Instants are ISO 8601. */
export interface GapAlert {
  /** The gap fact's event id: the same whenever it is told again. */
  id: string;
  type: "gap.raised" | "gap.resolved";
  match: { id: string; home: string; away: string; kickoff: string };
  /** This and the next two: of a resolved gap, as it was last told. */
  severity: Severity;
  stage: Stage;
  dueSince: string;
  reason: string;
  /** Of the gap fact in the log. */
  sequence: number;
  time: string;
}

/**
 * What a gap fact says to whoever must be told, null when it is nothing to tell: only critical and missed are, the same gap
 * at the same severity once, and its end only if one of those came before. Decided from the log up to the fact, so that every
 * node, and every delivery of it, says the same. Rejects when the log was closed.
 */
export async function readGapAlert(node: Node, { entity, event }: LogMessage): Promise<GapAlert | null> {
  if (event === null || entity?.root !== "match") return null;
  const mayTell = event.type === "match.gap.raised" ? isLoud(event.data) : event.type === "match.gap.resolved";
  if (!mayTell) return null;
  const life = await node.log.history(entity);
  try {
    return gapAlertOf(entity.id, event.sequence, life, node.policy);
  } catch (error) {
    // Delivered again it would fail again, and keep every later alert back.
    node.logger.error({ err: error, match: entity.id, sequence: event.sequence }, "no alert can be made of a gap fact");
    return null;
  }
}

/** The same, of the message at `sequence` among those of its match. */
export function gapAlertOf(
  id: string,
  sequence: number,
  messages: readonly LogMessage[],
  policy: Policy,
): GapAlert | null {
  let match = unknownMatch(id);
  /** Of the present gap. */
  let told: GapRaised[] = [];
  for (const message of messages) {
    if (message.sequence > sequence) break;
    const before = match;
    const entry = matchEntry(message);
    match = evolve(before, entry);
    const isFact = message.sequence === sequence;
    if (entry.type === "match.gap.resolved") {
      const last = told.at(-1);
      if (isFact) return last === undefined ? null : alertOf(match, entry, last, whyResolved(match));
      told = [];
    }
    // Without a fixture the fold ignores it.
    if (entry.type === "match.gap.raised" && match.gap?.sequence === entry.sequence && isLoud(entry.data)) {
      const isNew = !told.some((gap) => isSame(gap, entry.data));
      if (isFact) return isNew ? alertOf(match, entry, entry.data, whyRaised(before, entry, policy)) : null;
      if (isNew) told.push(entry.data);
    }
  }
  return null;
}

function isLoud({ severity }: GapRaised): boolean {
  return severity === "critical" || severity === "missed";
}

function isSame(one: GapRaised, other: GapRaised): boolean {
  return one.severity === other.severity && one.stage === other.stage && one.dueSince === other.dueSince;
}

type GapFact = Extract<MatchEvent, { type: "match.gap.raised" | "match.gap.resolved" }>;

function alertOf({ id, fixture }: Match, fact: GapFact, gap: GapRaised, reason: string): GapAlert | null {
  if (fixture === null) return null;
  const { teams, kickoff } = fixture;
  return {
    id: fact.id,
    type: fact.type === "match.gap.raised" ? "gap.raised" : "gap.resolved",
    match: { id, home: teams.home.name, away: teams.away.name, kickoff: new Date(kickoff).toISOString() },
    severity: gap.severity,
    stage: gap.stage,
    dueSince: gap.dueSince,
    reason,
    sequence: fact.sequence,
    time: new Date(fact.time).toISOString(),
  };
}

function whyRaised(before: Match, { time, data }: Extract<GapFact, { type: "match.gap.raised" }>, policy: Policy) {
  // Another policy than that of the node that raised it may see no gap.
  return gapOf(before, time, policy)?.reason ?? `${data.stage} is missing`;
}

function whyResolved({ fixture }: Match): string {
  const calledOff = fixture !== null && (isVoid(fixture.status) || fixture.status === "postponed");
  return calledOff ? `nothing is missing any more: the match is ${fixture.status}` : "nothing is missing any more";
}
