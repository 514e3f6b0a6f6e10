import { ulid } from "ulid";
import type { EventData, EventType, NewEvent } from "../../src/match/event.ts";
import type { Entity } from "../../src/events/log.ts";

export const match = (id: string): Entity => ({ root: "match", id });

/** An event with an id of its own; the rest is as plain as the type allows. */
export function event<T extends EventType>(type: T, data: EventData[T]): NewEvent {
  return {
    id: ulid(),
    type,
    time: Date.UTC(2025, 7, 15, 18, 30),
    actor: "pipeline:test",
    causationId: null,
    data,
  } as NewEvent;
}

export const requested = (round = 1): NewEvent =>
  event("match.analysis.requested", {
    stage: "analyse",
    round,
    attempt: 1,
    reason: "due",
    budgetMs: 300_000,
    retroactive: false,
  });

export const dismissed = (reason: string): NewEvent =>
  event("match.failure.dismissed", { stage: "settle", by: "anna", reason });

export const gapRaised = (): NewEvent =>
  event("match.gap.raised", { severity: "critical", stage: "analyse", dueSince: "2025-08-15T16:00:00.000Z" });

/** The one item a promise of an iterator's next step must hold. */
export async function take<T>(iterator: AsyncIterator<T>): Promise<T> {
  const step = await iterator.next();
  if (step.done) throw new Error("the iteration ended");
  return step.value;
}

export async function sequenceOf(appended: Promise<{ outcome: string; sequence?: number }>): Promise<number> {
  const outcome = await appended;
  if (outcome.sequence === undefined) throw new Error(`not appended: ${JSON.stringify(outcome)}`);
  return outcome.sequence;
}
