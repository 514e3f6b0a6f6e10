import { Registry } from "prom-client";
import type { Observer } from "../actors/observer.ts";
import type { StoredBatch } from "../events/jetstream.ts";
import type { EventLog } from "../events/log.ts";
import { observeBatches } from "./batches.ts";
import { factCounters } from "./facts.ts";
import { deliveryCounter, observeLog } from "./log.ts";
import { stageObserver } from "./stages.ts";

/**
 * What this node does, counted as it does it: what another node appends is in that one's metrics, so that sums over nodes are
 * right, and a replay or rebuild counts nothing.
 */
export interface NodeMetrics {
  readonly registry: Registry;
  readonly observer: Observer;
  onBatch(batch: StoredBatch): void;
  /** The same log, whose appends and deliveries are counted. */
  watch<L extends EventLog>(log: L): L;
}

/** With a registry of their own: several nodes may run in one process. */
export function createNodeMetrics(): NodeMetrics {
  const registry = new Registry();
  const appended = factCounters(registry);
  const delivered = deliveryCounter(registry);
  return {
    registry,
    observer: stageObserver(registry),
    onBatch: observeBatches(registry),
    watch: (log) => observeLog(log, { appended, delivered }),
  };
}
