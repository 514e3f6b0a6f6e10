import { userInfo } from "node:os";
import { expect, test } from "vitest";
import { wallClock } from "../../src/clock.ts";
import type { EventLog } from "../../src/events/log.ts";
import type { Category, MatchEvent } from "../../src/match/event.ts";
import { type History, history, hour, kickoff, minute } from "../support/history.ts";
import { type Ended, startFulltime } from "../support/node-process.ts";
import { readAll } from "../support/log-reader.ts";
import { seededLog } from "../support/seeded-log.ts";
import { tempDir } from "../support/temp.ts";

const played = wallClock.now() - 20 * hour;
const ended = (id: string) =>
  history(id, played - hour)
    .scheduled({ kickoff: played })
    .at(played + 2 * hour)
    .finished();
const failed = (id: string, category: Category, fingerprint: string, after = 0) =>
  ended(id)
    .after(after)
    .requested("settle")
    .failed("settle", { category, fingerprint, reason: `because of ${fingerprint}` });
const settled = (id: string) => ended(id).requested("settle").settled();
const many = (n: number, make: (id: string, at: number) => History, name: string) =>
  Array.from({ length: n }, (_, at) => make(`pl-2026-27-${name}-${at}`, at));

const run = (url: string, ...args: string[]) =>
  startFulltime(tempDir(), ["settlement", ...args], { FULLTIME_NATS_URL: url, FULLTIME_CLOCK: "wall" }).ended;
const json = <T>({ stdout }: Ended) => JSON.parse(stdout) as T;
const words = async (log: EventLog, type: MatchEvent["type"]) =>
  (await readAll(log)).flatMap(({ event, entity }) => (event?.type === type ? [{ event, id: entity?.id }] : []));

/** Each command is a process that takes its second or two. */
const timeout = 90_000;

interface Retried {
  requested: number;
  matches: { matchId: string; result: string }[];
}

test("43 failures of three causes are three groups; retry takes one category, and says of every match what came of it", {
  timeout,
}, async () => {
  const { url, log } = await seededLog([
    ...many(20, (id, at) => failed(id, "bug", "bug:7f3a", at * minute), "bug"),
    ...many(15, (id) => failed(id, "transient", "transient:settle"), "net"),
    ...many(8, (id) => failed(id, "bug", "bug:90cc"), "other"),
    settled("pl-2026-27-a-b"),
    history("pl-2026-27-c-d", played).scheduled({ kickoff: played + hour }),
    ended("pl-2026-27-e-f").requested("settle"),
  ]);
  const found = await run(url, "investigate", "--json");
  expect(found.code).toBe(3);
  const { total, groups } = json<{ total: number; groups: { matchIds: string[] }[] }>(found);
  expect(total).toBe(43);
  const end = played + 2 * hour;
  expect(groups).toMatchObject([
    {
      category: "bug",
      fingerprint: "bug:7f3a",
      count: 20,
      first: new Date(end).toISOString(),
      last: new Date(end + 19 * minute).toISOString(),
      remedy: expect.stringContaining("--category bug"),
    },
    { category: "transient", fingerprint: "transient:settle", count: 15 },
    { category: "bug", fingerprint: "bug:90cc", count: 8 },
  ]);
  expect(groups.map(({ matchIds }) => matchIds.length)).toEqual([20, 15, 8]);
  const told = await run(url, "investigate");
  expect(told.stdout).toMatch(/^15 x transient {2}transient:settle$/m);
  expect(told.stdout).toMatch(/^ {2}remedy {3}.*fulltime settlement retry --category transient$/m);

  const last = await log.last();
  const looked = json<Retried>(await run(url, "retry", "--category", "bug", "--dry-run", "--json"));
  expect(looked).toMatchObject({ dryRun: true, requested: 0 });
  expect(looked.matches).toHaveLength(28);
  expect(await log.last()).toBe(last);

  const retried = await run(url, "retry", "--category", "bug", "--reason", "fixed in 1.2", "--json");
  expect(retried.code).toBe(0);
  expect(json<Retried>(retried).requested).toBe(28);
  const asked = await words(log, "match.retry.requested");
  expect(asked).toHaveLength(28);
  expect(new Set(asked.map(({ id }) => id?.split("-")[3]))).toEqual(new Set(["bug", "other"]));
  const by = userInfo().username;
  expect(asked[0]?.event).toMatchObject({
    actor: `operator:${by}`,
    data: { by, reason: "fixed in 1.2", stages: ["settle"], letter: null },
  });
  expect(await words(log, "match.failed")).toHaveLength(43);

  const named = ["bug-0", "net-0", "a-b", "c-d", "e-f", "nobody-knows"].map((name) => `pl-2026-27-${name}`);
  const each = await run(url, "retry", ...named.flatMap((id) => ["--match", id]));
  expect(each.code).toBe(4);
  expect(each.stdout.trim().split("\n")).toEqual([
    "pl-2026-27-bug-0  in flight",
    "pl-2026-27-net-0  accepted",
    "pl-2026-27-a-b  already done",
    "pl-2026-27-c-d  not finished",
    "pl-2026-27-e-f  in flight",
    "pl-2026-27-nobody-knows  unknown",
  ]);
  const again = await run(url, "retry", "--category", "bug");
  expect(again).toMatchObject({ code: 0, stdout: "" });
  expect(again.stderr).toContain("nothing to do");
  expect(await words(log, "match.retry.requested")).toHaveLength(29);
});

test("10,000 failures are accepted within 60 s", { timeout: 150_000 }, async () => {
  const { url, log } = await seededLog(many(10_000, (id) => failed(id, "transient", "transient:settle"), "net"));
  const before = await log.last();
  const began = wallClock.elapsed();
  const retried = await run(url, "retry", "--all", "--json");
  const seconds = (wallClock.elapsed() - began) / 1000;
  expect(retried).toMatchObject({ code: 0, stderr: "" });
  expect(json<Retried>(retried).requested).toBe(10_000);
  expect(await log.last()).toBe(before + 10_000);
  expect(seconds).toBeLessThan(60);
});

test("backfill asks once for every match that ended and is not settled", async () => {
  const { url, log } = await seededLog([
    ended("pl-2026-27-a-b"),
    failed("pl-2026-27-a-c", "permanent", "permanent:settle"),
    settled("pl-2026-27-a-d"),
    failed("pl-2026-27-a-e", "bug", "bug:1").event("match.failure.dismissed", {
      stage: "settle",
      by: "me",
      reason: "x",
    }),
    history("pl-2026-27-a-f", played).scheduled({ kickoff: played + hour }),
    history("pl-2026-27-a-g", kickoff - hour)
      .scheduled()
      .at(kickoff + 2 * hour)
      .finished(),
  ]);
  const looked = await run(url, "backfill", "--dry-run");
  expect(looked).toMatchObject({ code: 0 });
  expect(looked.stdout).toContain("pl-2026-27-a-b  would be accepted\npl-2026-27-a-c  would be accepted\n");
  const asked = json<Retried>(await run(url, "backfill", "--json"));
  expect(asked.matches).toEqual([
    { matchId: "pl-2026-27-a-b", result: "accepted" },
    { matchId: "pl-2026-27-a-c", result: "accepted" },
    { matchId: "pl-2026-27-a-e", result: "dismissed" },
  ]);
  expect(json<Retried>(await run(url, "backfill", "--json")).requested).toBe(0);
  expect(await words(log, "match.retry.requested")).toHaveLength(2);
});

test("a dismissal needs a reason, is a fact, and is undone by one", { timeout }, async () => {
  const id = "pl-2026-27-a-b";
  const { url, log } = await seededLog([failed(id, "bug", "bug:1"), settled("pl-2026-27-a-c")]);
  const refused = await Promise.all([run(url, "dismiss", id), run(url, "dismiss", id, "--reason", " ")]);
  for (const { code } of refused) expect(code).toBe(2);
  expect((await run(url, "dismiss", "pl-2026-27-a-c", "--reason", "x")).stderr).toContain("has no failed settlement");
  const unknown = await run(url, "dismiss", "pl-2026-27-b-a", "--reason", "x");
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toContain(`did you mean ${id}`);

  expect(await run(url, "dismiss", id, "--reason", "a friendly")).toMatchObject({
    code: 0,
    stderr: `${id}  dismissed\n`,
  });
  expect((await run(url, "dismiss", id, "--reason", "a friendly")).stderr).toBe(`${id}  already done\n`);
  expect((await run(url, "investigate")).code).toBe(0);
  const [dismissed] = await words(log, "match.failure.dismissed");
  expect(dismissed?.event.data).toEqual({ stage: "settle", by: userInfo().username, reason: "a friendly" });

  expect(await run(url, "restore", id)).toMatchObject({ code: 0, stderr: `${id}  restored\n` });
  expect((await run(url, "investigate")).code).toBe(3);
});

test("which matches must be said; a write needs somebody who acts on it", async () => {
  const { url } = await seededLog([failed("pl-2026-27-a-b", "bug", "bug:1")]);
  const [none, both, category] = await Promise.all([
    run(url, "retry"),
    run(url, "retry", "--all", "--category", "bug"),
    run(url, "retry", "--category", "bugs"),
  ]);
  for (const { code, stdout } of [none, both, category]) expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  const alone = await startFulltime(tempDir(), ["settlement", "retry", "--all"]).ended;
  expect(alone.code).toBe(6);
  expect(alone.stderr).toContain("fulltime run");
});
