import { wallClock } from "../../src/clock.ts";
import { connectNats } from "../../src/events/connect.ts";
import { openJetStreamLog } from "../../src/events/jetstream.ts";
import { consumerConfig, provision, streamName } from "../../src/events/provision.ts";
import { startTestServer } from "../support/server.ts";
import { describeLog } from "./log.contract.ts";

describeLog("on JetStream", async () => {
  const server = await startTestServer({ syncAlways: true });
  const operator = await connectNats({ url: server.url });
  const api = async (subject: string, body: object | null) => {
    const answer = (await operator.request(`$JS.API.${subject}`, body === null ? "" : JSON.stringify(body))).json<{
      error?: object;
    }>();
    return answer;
  };
  return {
    async fresh() {
      await api(`STREAM.DELETE.${streamName}`, null);
      await provision(operator, { replicas: 1 });
    },
    async open() {
      return openJetStreamLog({ nc: await connectNats({ url: server.url }), clock: wallClock });
    },
    async publish(subject, body) {
      return (await operator.request(subject, body)).json<{ seq: number }>().seq;
    },
    async shortenAckWait(durable) {
      const config = { ...consumerConfig(durable), ack_wait: 1_000_000_000 };
      const answer = await api(`CONSUMER.CREATE.${streamName}.${durable}`, {
        stream_name: streamName,
        action: "update",
        config,
      });
      if (answer.error) throw new Error(JSON.stringify(answer.error));
    },
    consumer: (durable) => api(`CONSUMER.INFO.${streamName}.${durable}`, null),
    async stop() {
      await operator.close();
      await server.stop();
    },
  };
});
