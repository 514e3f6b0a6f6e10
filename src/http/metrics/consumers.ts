import { Gauge, type Registry } from "prom-client";
import type { Backlog } from "../../events/jetstream.ts";

/** Gauges of what the durable consumers owe, as the server has it; null while nobody knows: then they are left out. */
export function consumerGauges(registry: Registry): (backlog: readonly Backlog[] | null) => void {
  const gauge = (name: string, help: string) =>
    new Gauge({ name: `fulltime_consumer_${name}`, help, labelNames: ["consumer"], registers: [registry] });
  const pending = gauge("pending", "Messages a durable consumer has not delivered yet.");
  const ackPending = gauge("ack_pending", "Deliveries of a durable consumer that nobody has acknowledged.");
  const redelivered = gauge("redelivered", "Unacknowledged deliveries that were made before.");
  return (backlog) => {
    for (const each of [pending, ackPending, redelivered]) each.reset();
    for (const owed of backlog ?? []) {
      const consumer = owed.durable;
      pending.set({ consumer }, owed.pending);
      ackPending.set({ consumer }, owed.ackPending);
      redelivered.set({ consumer }, owed.redelivered);
    }
  };
}
