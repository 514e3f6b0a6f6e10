import { jetstream } from "@nats-io/jetstream";
import { expect, onTestFinished, test } from "vitest";
import { connectNats } from "../../src/events/connect.ts";
import { openLog } from "../../src/open-log.ts";
import { history, hour, kickoff } from "../support/history.ts";
import { startFulltime } from "../support/node-process.ts";
import { startTestServer } from "../support/server.ts";
import { tempDir } from "../support/temp.ts";

const id = "pl-2016-17-a-b";

/** A log elsewhere: one match that was scheduled and then forgotten. Returns the address of its NATS. */
async function forgottenMatch(): Promise<string> {
  const server = await startTestServer();
  onTestFinished(() => server.stop());
  const log = await openLog(server.url, { natsCreds: null, replicas: 1 });
  const life = history(id, kickoff - 30 * hour).scheduled();
  await log.append({ root: "match", id }, 0, life.events);
  await log.close();
  return server.url;
}

const run = (url: string, ...args: string[]) => startFulltime(tempDir(), args, { FULLTIME_NATS_URL: url }).ended;

test("gaps at another instant come from the log alone, and are exit 3", async () => {
  const url = await forgottenMatch();
  const before = await run(url, "gaps", "--at", new Date(kickoff - 31 * hour).toISOString());
  expect(before).toMatchObject({ code: 0, stdout: "" });
  const at = new Date(kickoff - hour).toISOString();
  const [list, document] = await Promise.all([run(url, "gaps", "--at", at), run(url, "gaps", "--at", at, "--json")]);
  expect(list.code).toBe(3);
  expect(list.stdout).toContain(id);
  expect(document.code).toBe(3);
  const { gaps } = JSON.parse(document.stdout) as { gaps: object[] };
  expect(gaps).toEqual([
    expect.objectContaining({
      matchId: id,
      homeTeam: "A",
      awayTeam: "B",
      severity: "critical",
      missing: ["analyse"],
      hoursUntilKickoff: 1,
    }),
  ]);
});

test("a violation is one line and exit 3; the message that does not decode is shown in its match's life", async () => {
  const url = await forgottenMatch();
  const nc = await connectNats({ url });
  await jetstream(nc).publish(`match.${id}.analysed`, "no JSON");
  await nc.close();
  const [verified, document, life] = await Promise.all([
    run(url, "verify"),
    run(url, "verify", "--json"),
    run(url, "match", id),
  ]);
  expect(verified.code).toBe(3);
  expect(verified.stdout).toMatch(
    new RegExp(`^invariant 8 {2}sequence 2 {2}${id} {2}match\\.${id}\\.analysed does not decode: .*\\n$`),
  );
  expect(verified.stderr).toContain("invariant 1 not checked");
  expect(document.code).toBe(3);
  expect(JSON.parse(document.stdout)).toMatchObject({
    schemaVersion: 1,
    events: 2,
    violations: [{ invariant: 8, sequence: 2, matchId: id }],
  });
  expect(life.code).toBe(0);
  expect(life.stdout).toMatch(/unreadable +not-json: .*#2/);
});
