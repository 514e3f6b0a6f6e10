import { expect, onTestFinished, test } from "vitest";
import type { StoredBatch } from "../../src/events/jetstream.ts";
import { durables } from "../../src/events/provision.ts";
import { openLog } from "../../src/open-log.ts";
import { history, hour, kickoff } from "../support/history.ts";
import { startTestServer } from "../support/server.ts";

async function logWith(onBatch: (batch: StoredBatch) => void) {
  const server = await startTestServer();
  const log = await openLog(server.url, { natsCreds: null, replicas: 1 }, { onBatch });
  onTestFinished(async () => {
    await log.close();
    await server.stop();
  });
  return log;
}

const requested = (id: string) =>
  history(id)
    .scheduled()
    .at(kickoff - 6 * hour)
    .requested("analyse").events;

test("a group commit is told once, with all that it stored", async () => {
  const batches: StoredBatch[] = [];
  const log = await logWith((batch) => batches.push(batch));
  await Promise.all(["a", "b", "c"].map((id) => log.append({ root: "match", id }, 0, requested(id))));
  expect(batches.map(({ events }) => events)).toEqual([6]);
  expect(batches[0]?.ms).toBeGreaterThan(0);
  await log.append({ root: "match", id: "a" }, 0, requested("a"));
  expect(batches).toHaveLength(1);
});

test("whoever is told may throw: what is stored is stored", async () => {
  const log = await logWith(() => {
    throw new Error("no room for figures");
  });
  const append = (id: string) => log.append({ root: "match", id }, 0, requested(id));
  expect((await append("a")).outcome).toBe("appended");
  expect((await append("b")).outcome).toBe("appended");
});

test("the backlog tells of each durable consumer what it owes", async () => {
  const log = await logWith(() => {});
  for (const id of ["a", "b", "c"]) await log.append({ root: "match", id }, 0, requested(id));
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const deliveries = log.consume({ durable: "analyse", held: 1, signal: stop.signal })[Symbol.asyncIterator]();
  const first = await deliveries.next();
  const owed = await log.backlog();
  expect(new Set(owed.map(({ durable }) => durable))).toEqual(new Set(durables));
  const of = (name: string) => owed.find(({ durable }) => durable === name);
  expect(of("analyse")).toEqual({ durable: "analyse", pending: 2, ackPending: 1, redelivered: 0 });
  expect(of("settle")).toEqual({ durable: "settle", pending: 0, ackPending: 0, redelivered: 0 });
  if (first.done !== true) await first.value.ack();
});
