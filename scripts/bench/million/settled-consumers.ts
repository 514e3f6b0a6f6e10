import { jetstreamManager } from "@nats-io/jetstream";
import { connectNats } from "../../../src/events/connect.ts";
import { consumerConfig, durables, streamName } from "../../../src/events/provision.ts";

/**
 * Makes the durable consumers of a log begin behind its last message, as if nodes had handled all of it. A log that was written
 * without any owes each of its requests, and the first node to come acknowledges a million of them while it is measured.
 */
export async function settleConsumers(url: string): Promise<void> {
  const connection = await connectNats({ url });
  try {
    const manager = await jetstreamManager(connection);
    const { state } = await manager.streams.info(streamName);
    for (const durable of durables) {
      await manager.consumers.delete(streamName, durable);
      const start = { deliver_policy: "by_start_sequence", opt_start_seq: state.last_seq + 1 } as const;
      await manager.consumers.add(streamName, { ...consumerConfig(durable), ...start } as never);
    }
  } finally {
    await connection.close();
  }
}
