import { existsSync } from "node:fs";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection, type Status } from "nats";
import { expect, test } from "vitest";
import { startTestServer } from "../../support/server.ts";

test("a killed test server comes back on its port with what it acknowledged", async () => {
  const server = await startTestServer();
  try {
    const connection = await connect({ servers: server.url, maxReconnectAttempts: -1, reconnectTimeWait: 20 });
    const manager = await jetstreamManager(connection);
    await manager.streams.add({ name: "T", subjects: ["t.>"] });
    await jetstream(connection).publish("t.a", "x");
    const before = server.pid;
    await server.kill();
    const back = nextStatus(connection, "reconnect");
    await server.restart();
    await back;
    expect(server.pid).not.toBe(before);
    expect((await manager.streams.info("T")).state.messages).toBe(1);
    await connection.close();
  } finally {
    await server.stop();
  }
  await server.stop();
  expect(existsSync(server.dir)).toBe(false);
  expect(() => process.kill(server.pid, 0)).toThrow("ESRCH");
});

test("a configuration the server refuses is told in its own words", async () => {
  await expect(startTestServer({ config: "nonsense: {" })).rejects.toThrow(
    /ended during its start[\s\S]*Parse error on line 12/,
  );
});

async function nextStatus(connection: NatsConnection, type: Status["type"]): Promise<void> {
  for await (const status of connection.status()) if (status.type === type) return;
}
