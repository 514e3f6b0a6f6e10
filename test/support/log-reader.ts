import { pino } from "pino";
import { wallClock } from "../../src/clock.ts";
import { runningNode } from "../../src/data-directory.ts";
import { connectNats } from "../../src/events/connect.ts";
import { openJetStreamLog } from "../../src/events/jetstream.ts";
import type { EventLog, LogMessage } from "../../src/events/log.ts";
import { startEmbeddedServer } from "../../src/events/server.ts";
import { testBinary } from "./server.ts";
import { until } from "./until.ts";

/** The log of the node that runs on a data directory, once it is up; rejects with the signal's reason. */
export async function openRunningLog(dataDir: string, signal?: AbortSignal): Promise<EventLog> {
  // The node may be starting, or its server be on its way up again.
  return until(async () => {
    const note = runningNode(dataDir);
    const nc = note === null ? null : await connectNats({ url: note.nats }).catch(() => null);
    return nc === null ? null : openJetStreamLog({ nc, clock: wallClock }).catch(() => nc.close().then(() => null));
  }, signal);
}

/** What the node's log holds after `from`, once it has come to that sequence. */
export async function logUpTo(
  dataDir: string,
  from: number,
  sequence: number,
  signal: AbortSignal,
): Promise<LogMessage[]> {
  const log = await openRunningLog(dataDir, signal);
  const read: LogMessage[] = [];
  try {
    if (from >= sequence) return read;
    for await (const messages of log.follow(from, signal)) {
      read.push(...messages);
      if (messages.some((message) => message.sequence >= sequence)) break;
    }
    return read;
  } finally {
    await log.close();
  }
}

/** Reads the log of a data directory that no node holds, on a server started for it. */
export async function openLogOf<T>(dataDir: string, read: (log: EventLog) => Promise<T>): Promise<T> {
  const { path: binary } = await testBinary();
  const server = await startEmbeddedServer({ binary, dataDir, clock: wallClock, log: pino({ level: "silent" }) });
  try {
    const log = await openJetStreamLog({ nc: await connectNats({ url: server.url }), clock: wallClock });
    try {
      return await read(log);
    } finally {
      await log.close();
    }
  } finally {
    await server.stop();
  }
}

/** Everything the log holds now. */
export async function readAll(log: EventLog): Promise<LogMessage[]> {
  const last = await log.last();
  const all: LogMessage[] = [];
  const done = new AbortController();
  if (last === 0) return all;
  for await (const messages of log.follow(0, done.signal)) {
    all.push(...messages);
    if (messages.some(({ sequence }) => sequence >= last)) break;
  }
  return all;
}
