import { connectNats } from "../../../src/events/connect.ts";
import { apiOnce, type StreamInfo } from "../../../src/events/jetstream/api.ts";
import { consumerConfig, durables, streamName } from "../../../src/events/provision.ts";

/** Beside six million messages the server takes its time. */
const timeoutMs = 30_000;

/**
 * Makes the durable consumers of a log begin behind its last message, as if nodes had handled all of it. A log that was written
 * without any owes each of its requests, and the first node to come acknowledges a million of them while it is measured.
 */
export async function settleConsumers(url: string): Promise<void> {
  const connection = await connectNats({ url });
  try {
    const api = <T extends object>(subject: string, body: object | null) =>
      apiOnce<T>(connection, subject, body, timeoutMs);
    const { state } = await api<StreamInfo>(`STREAM.INFO.${streamName}`, null);
    for (const durable of durables) {
      await api(`CONSUMER.DELETE.${streamName}.${durable}`, null);
      const start = { deliver_policy: "by_start_sequence", opt_start_seq: state.last_seq + 1 };
      const config = { ...consumerConfig(durable), ...start };
      await api(`CONSUMER.CREATE.${streamName}.${durable}`, { stream_name: streamName, action: "create", config });
    }
  } finally {
    await connection.close();
  }
}
