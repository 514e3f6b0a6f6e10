import type { z } from "zod";
import type { EventData, EventType } from "../match/event.ts";
import * as match from "./schemas/match.ts";
import { analysedFrom1 } from "./upcasters.ts";
import * as operator from "./schemas/operator.ts";
import * as source from "./schemas/source.ts";

/** Every event type and the shape of its data. Unknown fields of a newer writer are dropped on read, missing ones refused. */
export const schemas = {
  "match.scheduled": match.scheduled,
  "match.analysis.requested": match.stageRequested,
  "match.lineups.requested": match.stageRequested,
  "match.prediction.requested": match.predictionRequested,
  "match.settlement.requested": match.stageRequested,
  "match.analysed": match.analysed,
  "match.lineups": match.lineups,
  "match.predicted": match.predicted,
  "match.finished": match.finished,
  "match.settled": match.settled,
  "match.failed": match.failed,
  "match.retro.requested": match.operatorWord,
  "match.retry.requested": match.operatorWord,
  "match.retro.cancelled": match.retroCancelled,
  "match.failure.dismissed": match.failureMark,
  "match.failure.restored": match.failureMark,
  "match.request.rejected": match.requestRejected,
  "match.request.noop": match.requestNoop,
  "match.gap.raised": match.gapRaised,
  "match.gap.resolved": match.gapResolved,
  "source.poll.requested": source.pollRequested,
  "source.polled": source.polled,
  "operator.requested": operator.operatorRequested,
  "operator.applied": operator.operatorApplied,
  "operator.cancelled": operator.operatorCancelled,
} satisfies { [T in EventType]: z.ZodType<EventData[T]> };

/** Present version of each type's data. */
export const versions: Readonly<Record<EventType, number>> = {
  "match.scheduled": 1,
  "match.analysis.requested": 1,
  "match.lineups.requested": 1,
  "match.prediction.requested": 1,
  "match.settlement.requested": 1,
  "match.analysed": 2,
  "match.lineups": 1,
  "match.predicted": 1,
  "match.finished": 1,
  "match.settled": 1,
  "match.failed": 1,
  "match.retro.requested": 1,
  "match.retry.requested": 1,
  "match.retro.cancelled": 1,
  "match.failure.dismissed": 1,
  "match.failure.restored": 1,
  "match.request.rejected": 1,
  "match.request.noop": 1,
  "match.gap.raised": 1,
  "match.gap.resolved": 1,
  "source.poll.requested": 1,
  "source.polled": 1,
  "operator.requested": 1,
  "operator.applied": 1,
  "operator.cancelled": 1,
};

/** Turns the data of one version into that of the next. */
export type Upcast = (data: unknown) => unknown;

/** By type, then by the version it reads. Every version below the present one must have its step. */
export type Upcasters = Partial<Record<EventType, Readonly<Record<number, Upcast>>>>;

export const upcasters: Upcasters = { "match.analysed": { 1: analysedFrom1 } };

export const eventTypes = Object.keys(schemas) as EventType[];

export function isEventType(type: string): type is EventType {
  return Object.hasOwn(schemas, type);
}

// `satisfies` lets a schema be narrower than its type (a missing union member, a forgotten optional); this does not.
type Inferred = { [T in EventType]: z.infer<(typeof schemas)[T]> };
type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false;
type Mutual<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;
type Differing = { [T in EventType]: Mutual<Inferred[T], EventData[T]> extends true ? never : T }[EventType];
const _everySchemaIsItsType: Same<Differing, never> = true;
void _everySchemaIsItsType;
