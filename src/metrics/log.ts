import { Counter, type Registry } from "prom-client";
import type { AppendOutcome, ConsumeOptions, Delivery, EventLog } from "../events/log.ts";
import { durables } from "../events/provision.ts";
import type { NewEvent } from "../match/event.ts";

export interface LogWatcher {
  /** An append has ended; told once for each. */
  appended(events: readonly NewEvent[], outcome: AppendOutcome): void;
  delivered(durable: string, deliveries: number): void;
}

/** The same log, which tells of its appends and deliveries. A watcher that throws harms neither. */
export function observeLog<L extends EventLog>(log: L, { appended, delivered }: LogWatcher): L {
  async function* consume(options: ConsumeOptions): AsyncGenerator<Delivery> {
    for await (const delivery of log.consume(options)) {
      unharmed(() => delivered(options.durable, delivery.deliveries));
      yield delivery;
    }
  }
  return {
    ...log,
    consume,
    async append(entity, version, events) {
      const outcome = await log.append(entity, version, events);
      unharmed(() => appended(events, outcome));
      return outcome;
    },
  };
}

function unharmed(run: () => void): void {
  try {
    run();
  } catch {
    // A figure is lost. The append or delivery it was about is not.
  }
}

/** Deliveries that were made before: somebody died, stalled or gave them back. */
export function deliveryCounter(registry: Registry): LogWatcher["delivered"] {
  const redeliveries = new Counter({
    name: "fulltime_redeliveries_total",
    help: "Deliveries to this node of messages that had been delivered before.",
    labelNames: ["consumer"],
    registers: [registry],
  });
  for (const consumer of durables) redeliveries.inc({ consumer }, 0);
  return (consumer, deliveries) => {
    if (deliveries > 1) redeliveries.inc({ consumer });
  };
}
