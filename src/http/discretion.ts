import type { MatchEventType } from "../match/event.ts";
import type { MomentShown } from "../projections/timeline.ts";
import type { MatchShown } from "./match-schema.ts";

/** Said of the routes that keep it back. */
export const discretion =
  "Where tokens are configured, who asks without one is told neither operators' names nor what they or a letter wrote: names are `operator`, texts null.";

const somebody = "operator";

/** A match without operators' names and words. */
export function discreetMatch<T extends Pick<MatchShown, "failures">>(match: T): T {
  const failures = match.failures.map((failure) => ({
    ...failure,
    dismissed: failure.dismissed && { by: somebody, reason: null },
  }));
  return { ...match, failures };
}

/** What anybody may see of a message: of what operators wrote no name and no word, of what is no event nothing of its body. */
export type DiscreetMoment = Record<string, unknown>;

export function discreetMoment(moment: MomentShown): DiscreetMoment {
  if (!("type" in moment)) {
    const { undecodable } = moment;
    return { ...moment, undecodable: undecodable && { ...undecodable, text: null }, body: null };
  }
  const actor = /^(?:operator|unattested):/.test(moment.actor) ? somebody : moment.actor;
  return { ...moment, actor, data: discreetData(moment) };
}

/** Whose words these are; of no other type anything is by hand. */
const words: ReadonlySet<string> = new Set<MatchEventType>([
  "match.retro.requested",
  "match.retry.requested",
  "match.retro.cancelled",
  "match.failure.dismissed",
  "match.failure.restored",
]);
const letters: ReadonlySet<string> = new Set<MatchEventType>(["match.request.rejected", "match.request.noop"]);

function discreetData({ type, data }: Extract<MomentShown, { type: string }>): Record<string, unknown> {
  if (words.has(type)) return { ...data, by: somebody, reason: null };
  if (!letters.has(type)) return { ...data };
  const reasons = "reasons" in data ? { reasons: data.reasons.map(({ code }) => ({ code, text: null })) } : {};
  return { ...data, request: null, ...reasons };
}
