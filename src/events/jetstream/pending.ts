import { eventTypes } from "../catalogue.ts";
import type { AppendOutcome } from "../log.ts";
import { consumers, type Durable, durables, isDurable, streamName } from "../provision.ts";
import { filterTakes } from "../subjects.ts";
import type { ConsumerInfo } from "./api.ts";
import type { Link } from "./link.ts";

/** What one durable consumer still owes. */
export interface Backlog {
  durable: Durable;
  /** Messages it has not delivered yet. */
  pending: number;
  /** Deliveries that nobody has acknowledged. */
  ackPending: number;
  /** Of those, the ones delivered before. */
  redelivered: number;
}

/** Counts what the durable consumers still owe, in one request. */
export interface PendingCount {
  /** Tells of an append that has ended, with the types of its events. */
  appended(types: readonly string[], outcome: AppendOutcome): void;
  count(): Promise<number>;
  /** As the server has it, consumer by consumer. */
  list(): Promise<Backlog[]>;
}

/**
 * The server answers an append before its consumers have heard of the message: with an idle consumer waiting, 147 of 4,000
 * lists that followed an append showed nothing pending. A simulated clock would jump over that work, so what we appended
 * ourselves a moment ago and its consumer has not delivered yet is counted here.
 */
const hearsayMs = 1000;

export function createPendingCount(link: Link): PendingCount {
  const owed = new Map<Durable, { sequence: number; at: number }>();

  return {
    appended(types, outcome) {
      if (outcome.outcome !== "appended") return;
      for (const [i, type] of types.entries()) {
        const owing = { sequence: outcome.sequence - types.length + 1 + i, at: link.clock.elapsed() };
        for (const durable of takers.get(type) ?? []) owed.set(durable, owing);
      }
    },
    async count() {
      return (await durableInfos()).reduce((sum, [durable, info]) => sum + pendingOf(durable, info), 0);
    },
    async list() {
      return (await durableInfos()).map(([durable, info]) => ({
        durable,
        pending: info.num_pending,
        ackPending: info.num_ack_pending,
        redelivered: info.num_redelivered,
      }));
    },
  };

  async function durableInfos(): Promise<[Durable, ConsumerInfo][]> {
    const infos: [Durable, ConsumerInfo][] = [];
    for (let seen = 0; ; ) {
      // 256 a page: one request, unless hundreds of followers stand beside the durable ones.
      const page = await link.api<Page>(`CONSUMER.LIST.${streamName}`, { offset: seen });
      for (const info of page.consumers) if (isDurable(info.name)) infos.push([info.name, info]);
      seen += page.consumers.length;
      if (page.consumers.length === 0 || seen >= page.total) return infos;
    }
  }

  function pendingOf(durable: Durable, { num_pending, num_ack_pending, delivered }: ConsumerInfo): number {
    const ours = owed.get(durable);
    const unheard =
      ours !== undefined &&
      num_pending === 0 &&
      delivered.stream_seq < ours.sequence &&
      link.clock.elapsed() - ours.at < hearsayMs;
    return num_pending + num_ack_pending + (unheard ? 1 : 0);
  }
}

interface Page {
  total: number;
  consumers: ConsumerInfo[];
}

/** The consumers that take events of a type. Letters are no events, and come from elsewhere. */
const takers: ReadonlyMap<string, readonly Durable[]> = new Map(
  eventTypes.map((type) => {
    const [root, ...rest] = type.split(".");
    const subject = [root, ...(root === "source" ? ["x", "x"] : ["x"]), ...rest].join(".");
    return [type, durables.filter((each) => consumers[each].some((filter) => filterTakes(filter, subject)))];
  }),
);
