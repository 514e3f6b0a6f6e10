import { Histogram, type Registry } from "prom-client";
import type { StoredBatch } from "../events/jetstream.ts";

/** Group commits: how many events share a sync of the disk, and how long that takes. */
export function observeBatches(registry: Registry): (batch: StoredBatch) => void {
  const registers = [registry];
  const size = new Histogram({
    name: "fulltime_append_batch_events",
    help: "Events stored by one atomic batch (at most 1,000).",
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
    registers,
  });
  const duration = new Histogram({
    name: "fulltime_append_batch_duration_seconds",
    help: "From sending a batch to the server's answer that it is stored.",
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5],
    registers,
  });
  return ({ events, ms }) => {
    size.observe(events);
    duration.observe(ms / 1000);
  };
}
