import { onTestFinished } from "vitest";
import type { EventLog } from "../../src/events/log.ts";
import { openLog } from "../../src/open-log.ts";
import type { History } from "./history.ts";
import { startTestServer } from "./server.ts";

export interface SeededLog {
  url: string;
  log: EventLog;
}

/** A log on a NATS of its own, elsewhere than any node, that holds these lives. */
export async function seededLog(lives: readonly History[]): Promise<SeededLog> {
  const server = await startTestServer();
  const log = await openLog(server.url, { natsCreds: null, replicas: 1 });
  onTestFinished(async () => {
    await log.close();
    await server.stop();
  });
  await seed(log, lives);
  return { url: server.url, log };
}

export async function seed(log: EventLog, lives: readonly History[]): Promise<void> {
  await Promise.all(
    lives.map(async ({ id, events }) => {
      const { outcome } = await log.append({ root: "match", id }, 0, events);
      if (outcome !== "appended") throw new Error(`${id} was not written: ${outcome}`);
    }),
  );
}
