import { join } from "node:path";
import { readdirSync, readFileSync } from "node:fs";
import Database from "better-sqlite3";
import fc from "fast-check";
import { pino } from "pino";
import { expect, test } from "vitest";
import { wallClock } from "../../src/clock.ts";
import { createMemoryServer } from "../../src/events/memory.ts";
import { defaultPolicy as policy } from "../../src/match/policy.ts";
import { startReadModel } from "../../src/projections/read-model.ts";
import { NothingToVerify, verifyReadModel } from "../../src/projections/verify.ts";
import { obey, steps, walk } from "../match/walk.ts";
import { history } from "../support/history.ts";
import { tempDir } from "../support/temp.ts";
import { interleave, type Letter } from "./support.ts";

async function followed(letters: readonly Letter[]) {
  const dataDir = tempDir();
  const server = createMemoryServer({ clock: wallClock });
  const log = server.connect();
  const model = await startReadModel({ dataDir, log, policy, clock: wallClock, logger: pino({ level: "silent" }) });
  for (const { subject, body } of letters) await model.reached(server.publish(subject, body));
  return { dataDir, log, model, server };
}

function settledLife() {
  const life = history().scheduled();
  obey(life);
  return life;
}

test("what was followed message by message equals what is rebuilt in one go", async () => {
  const { dataDir, log, model } = await followed(
    interleave([settledLife(), history("pl-2016-17-c-d").scheduled().broken()]),
  );
  const seen: number[] = [];
  const verified = await verifyReadModel({ dataDir, log, policy, onProgress: (sequence) => seen.push(sequence) });
  expect(verified).toMatchObject({ equal: true, sequence: model.sequence(), differences: [] });
  expect(verified.rows).toBeGreaterThan(20);
  expect(seen.at(-1)).toBe(model.sequence());
  expect(readdirSync(join(dataDir, "read"))).toHaveLength(4);
  await model.stop();
});

test("any life, followed, equals its rebuild", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (path) => {
      const { dataDir, log, model } = await followed(interleave([walk(path)]));
      expect(await verifyReadModel({ dataDir, log, policy })).toMatchObject({ equal: true });
      await model.stop();
    }),
    { numRuns: 10 },
  );
});

test("stops where the read model is, however far the log has gone", async () => {
  const { dataDir, log, model, server } = await followed(interleave([settledLife()]));
  const { sequence } = model.state();
  await model.stop();
  const [letter] = interleave([history("later").scheduled()]);
  if (letter !== undefined) server.publish(letter.subject, letter.body);
  expect(await verifyReadModel({ dataDir, log, policy })).toMatchObject({ equal: true, sequence });
});

const plants: [string, string, object][] = [
  [
    "a value",
    "UPDATE matches SET predictions = predictions + 1",
    { table: "matches", column: "predictions", live: 4, rebuilt: 3 },
  ],
  [
    "the last bit of a float",
    // The RPS of the first model is the sixth of its doubles, and begins with its last bits.
    "UPDATE scores SET numbers = CAST(substr(numbers, 1, 40) || x'01' || substr(numbers, 42) AS BLOB)",
    { table: "scores", key: "pl-2016-17-a-b 0", column: "numbers" },
  ],
  [
    "a missing row",
    "DELETE FROM stages WHERE stage = 'settle'",
    { table: "stages", key: "pl-2016-17-a-b 1 settle", column: "*", live: null },
  ],
  [
    "a row too many",
    "INSERT INTO event_types VALUES ('zzz', 1)",
    { table: "event_types", key: "zzz", column: "*", rebuilt: null },
  ],
];

test.each(plants)("finds %s", async (_what, sql, difference) => {
  const { dataDir, log, model } = await followed(interleave([settledLife()]));
  await model.stop();
  const db = new Database(join(dataDir, "read", readFileSync(join(dataDir, "read", "current"), "utf8").trim()));
  db.exec(sql);
  db.close();
  const { equal, differences } = await verifyReadModel({ dataDir, log, policy });
  expect(equal).toBe(false);
  expect(differences).toHaveLength(1);
  expect(differences[0]).toMatchObject(difference);
});

test("says what to do when there is nothing to compare", async () => {
  const { dataDir, log, model } = await followed(interleave([settledLife()]));
  await model.stop();
  await expect(verifyReadModel({ dataDir: tempDir(), log, policy })).rejects.toThrow(NothingToVerify);
  await expect(verifyReadModel({ dataDir, log, policy: { ...policy, attempts: 1 } })).rejects.toThrow(
    "made with another policy",
  );
  const empty = createMemoryServer({ clock: wallClock }).connect();
  await expect(verifyReadModel({ dataDir, log: empty, policy })).rejects.toThrow("the log ends at 0");
});
