import { expect, onTestFinished, test } from "vitest";
import { wallClock } from "../../src/clock.ts";
import type { ModelAnswer } from "../../src/match/event.ts";
import { type History, history, hour, minute, roster, tip } from "../support/history.ts";
import { type Ended, runningNode, startFulltime } from "../support/node-process.ts";
import { openLog } from "../../src/open-log.ts";
import { seed, seededLog } from "../support/seeded-log.ts";
import { tempDir } from "../support/temp.ts";
import { until } from "../support/until.ts";

const played = wallClock.now() - 20 * hour;

/** Analysed; predicted by as many models as there are answers; ended and settled. */
function life(id: string, answers: ModelAnswer[]): History {
  return history(id, played - 7 * hour)
    .scheduled({ kickoff: played })
    .after(hour)
    .requested("analyse")
    .analysed()
    .at(played - 30 * minute)
    .requested("predict", { roster })
    .predicted(answers)
    .at(played + 2 * hour)
    .finished()
    .requested("settle")
    .settled();
}
const partial = () => life("pl-2026-27-a-b", [tip("elo")]);
const whole = () =>
  life(
    "pl-2026-27-c-d",
    roster.map(({ model }) => tip(model)),
  );
const missed = () =>
  history("pl-2026-27-e-f", played - hour)
    .scheduled({ kickoff: played })
    .at(played + 2 * hour)
    .finished();

/** Each command is a process that takes its second or two. */
const timeout = 90_000;

const start = (url: string, ...args: string[]) =>
  startFulltime(tempDir(), ["backfill", ...args], { FULLTIME_NATS_URL: url, FULLTIME_CLOCK: "wall" });
const run = (url: string, ...args: string[]) => start(url, ...args).ended;
const json = <T>({ stdout }: Ended) => JSON.parse(stdout) as T;

test("a dry run shows each match with its stages and model calls, and writes nothing; without consent nothing runs", {
  timeout,
}, async () => {
  const { url, log } = await seededLog([partial(), whole(), missed()]);
  const last = await log.last();
  const [document, list, unasked, never, wrong] = await Promise.all([
    run(url, "--dry-run", "--json"),
    run(url, "--dry-run"),
    run(url),
    run(url, "--no-input", "--json"),
    run(url, "--stage", "lineups"),
  ]);
  expect(document.code).toBe(0);
  // Nothing has frozen the roster of the missed one: the configured panel's.
  const panel = expect.any(Number) as number;
  const plan = json<{ planHash: string; matches: { modelCalls: number }[]; modelCalls: number }>(document);
  expect(plan).toMatchObject({
    schemaVersion: 1,
    planHash: expect.stringMatching(/^[0-9a-f]{16}$/),
    matches: [
      { matchId: "pl-2026-27-a-b", stages: ["predict", "settle"], modelCalls: 2 },
      { matchId: "pl-2026-27-e-f", stages: ["analyse", "predict", "settle"], modelCalls: panel },
    ],
    analyses: 1,
    settlements: 2,
    cost: 0,
  });
  expect(plan.modelCalls).toBe(2 + (plan.matches[1]?.modelCalls ?? 0));
  expect(list.stdout).toMatch(/^pl-2026-27-a-b +predict, settle +2$/m);
  expect(list.stderr).toContain(`fulltime backfill --days 7 --plan ${plan.planHash} --yes`);
  for (const { code, stderr } of [unasked, never]) {
    expect(code).toBe(2);
    expect(stderr).toContain("--yes");
  }
  expect(wrong).toMatchObject({ code: 2, stdout: "" });
  expect(await log.last()).toBe(last);
});

test("a plan that the log has moved on from is refused with exit 7, saying what differs", { timeout }, async () => {
  const [one, other] = [partial(), missed()];
  const { url, log } = await seededLog([one, other]);
  const { planHash } = json<{ planHash: string }>(await run(url, "--dry-run", "--json"));
  const version = (await log.history({ root: "match", id: one.id })).at(-1)?.sequence ?? 0;
  const before = one.events.length;
  one.at(played - minute).predicted([tip("poisson")]);
  await log.append({ root: "match", id: one.id }, version, one.events.slice(before));
  const last = await log.last();

  const [refused, strange, none] = await Promise.all([
    run(url, "--plan", planHash, "--yes"),
    run(url, "--plan", "0123456789abcdef", "--yes"),
    run(url, "--plan", "", "--yes"),
  ]);
  expect(none.code).toBe(2);
  expect(refused.code).toBe(7);
  expect(refused.stderr).toContain(
    `${one.id}: was predict, settle with 2 model calls (pi, poisson); is predict, settle with 1 model call (pi)`,
  );
  expect(refused.stderr).not.toContain(`${other.id}: was`);
  expect(strange.code).toBe(7);
  expect(strange.stderr).toContain("nothing in the last 24 hours of the log gives plan 0123456789abcdef");
  expect(await log.last()).toBe(last);
});

test("Ctrl-C leaves it running and says how to go on; the same command asks for nothing twice", {
  timeout,
}, async () => {
  const { url, log } = await seededLog([partial(), missed()]);
  await carrier(url);
  const requested = async () =>
    (await Promise.all([partial(), missed()].map(({ id }) => log.history({ root: "match", id }))))
      .flat()
      .filter(({ event }) => event?.type === "match.retro.requested");
  const [first, beside] = [
    start(url, "--yes", "--stage", "predict"),
    start(url, "--yes", "--stage", "predict", "--json"),
  ];
  // The calls are carried out, and nobody works on what they asked for: it follows for ever.
  await until(async () =>
    (await requested()).length === 2 &&
    /requested as backfill|under way/.test(first.stderr()) &&
    beside.stdout().includes('"type":"plan"')
      ? true
      : null,
  );
  first.child.kill("SIGINT");
  // A service manager's stop cuts it short as well: a script must not take that for the end of the work.
  beside.child.kill("SIGTERM");
  const stopped = await beside.ended;
  expect(stopped.code).toBe(143);
  expect(JSON.parse(stopped.stdout.trim().split("\n").at(-1) ?? "")).toMatchObject({
    type: "summary",
    state: "left-running",
    total: 2,
    done: 0,
    running: 2,
  });
  const ended = await first.ended;
  expect(ended.code).toBe(130);
  expect(ended.stderr).toContain("left running");
  if (ended.stderr.includes("requested as")) expect(ended.stderr).toMatch(/fulltime backfill cancel [0-9A-Z]{26}/);
  expect(ended.stderr).toContain("fulltime backfill --days 7 --stage predict");

  const second = start(url, "--yes", "--json");
  await until(() => (second.stdout().includes('"underWay":["pl-2026-27-a-b","pl-2026-27-e-f"]') ? true : null));
  second.child.kill("SIGINT");
  expect((await second.ended).code).toBe(130);
  const words = await requested();
  expect(words).toHaveLength(2);
  expect(words.map(({ event }) => event?.actor)).toEqual([
    expect.stringMatching(/^operator:./),
    expect.stringMatching(/^operator:./),
  ]);
});

test("cancelling takes back what has not begun, and the log says who asked, who cancelled, and why", {
  timeout,
}, async () => {
  const { url, log } = await seededLog([partial(), missed()]);
  const dir = await carrier(url);
  const here = (...args: string[]) => startFulltime(dir, ["backfill", ...args], { FULLTIME_NATS_URL: url }).ended;
  const following = start(url, "--yes", "--json");
  const id = await until(() => /"backfillId":"([0-9A-Z]{26})"/.exec(following.stdout())?.[1] ?? null);
  const lifeOf = (matchId: string) => log.history({ root: "match", id: matchId });
  await until(async () => ((await lifeOf(missed().id)).at(-1)?.event?.type === "match.retro.requested" ? true : null));

  const dry = await run(url, "cancel", id, "--dry-run");
  expect(dry).toMatchObject({ code: 0, stderr: expect.stringContaining("would be cancelled") });
  const cancelled = await run(url, "cancel", id, "--reason", "wrong week", "--json");
  expect(json(cancelled)).toEqual({ schemaVersion: 1, backfillId: id, result: "cancelled" });
  const ended = await following.ended;
  expect(ended.code).toBe(3);
  expect(ended.stdout).toContain('"state":"gaps-remain","total":2,"done":0,"failed":0,"cancelled":2');

  const last = (await lifeOf(missed().id)).at(-1)?.event;
  expect(last).toMatchObject({ type: "match.retro.cancelled", data: { reason: "wrong week" } });
  const call = await log.history({ root: "operator", id });
  expect(call.map(({ event }) => event?.type)).toEqual([
    "operator.requested",
    "operator.applied",
    "operator.cancelled",
  ]);
  expect(last?.causationId).toBe(call[2]?.event?.id);

  const [again, stranger, shown, listed] = await Promise.all([
    run(url, "cancel", id),
    run(url, "cancel", "01ARZ3NDEKTSV4RRFFQ69G5FAV"),
    here("show", id),
    here("list", "--json"),
  ]);
  expect(again).toMatchObject({ code: 0, stderr: expect.stringContaining("already cancelled") });
  expect(stranger).toMatchObject({ code: 1, stderr: expect.stringContaining("fulltime backfill list") });
  expect(shown.stdout).toMatch(/matches +2: 0 done, 0 failed, 2 cancelled, 0 running/);
  expect(json(listed)).toMatchObject({ backfills: [{ backfillId: id, state: "cancelled", cancelled: 2 }] });
});

test("a follower goes on over a restart of the node, whose server has another port then", { timeout }, async () => {
  const dir = tempDir();
  const embedded = { FULLTIME_CLOCK: "wall", FULLTIME_ROLES: "intake" };
  const here = (...args: string[]) => startFulltime(dir, args, embedded);
  const started = async () => {
    const node = here("run");
    onTestFinished(() => void node.child.kill("SIGKILL"));
    const note = await until(() => runningNode(dir));
    return { node, url: note.nats };
  };
  const before = await started();
  const log = await openLog(before.url, { natsCreds: null, replicas: 1 });
  await seed(log, [partial(), missed()]);
  await log.close();
  const following = here("backfill", "--yes", "--json");
  onTestFinished(() => void following.child.kill("SIGKILL"));
  const id = await until(() => /"backfillId":"([0-9A-Z]{26})"/.exec(following.stdout())?.[1] ?? null);
  before.node.child.kill("SIGTERM");
  await before.node.ended;
  await until(() => (following.stderr().includes("the node has ended") ? true : null));
  const after = await started();
  await until(() => (following.stderr().includes("the node is back") ? true : null));
  expect((await here("backfill", "cancel", id).ended).code).toBe(0);
  expect(await following.ended).toMatchObject({ code: 3, stdout: expect.stringContaining('"cancelled":2') });
  expect((await here("backfill", "cancel", id).ended).stderr).toContain("already cancelled");
  after.node.child.kill("SIGTERM");
  await after.node.ended;
});

/** A node that carries out calls and does nothing else; its data directory. */
async function carrier(url: string): Promise<string> {
  const dir = tempDir();
  const node = startFulltime(dir, ["run"], {
    FULLTIME_NATS_URL: url,
    FULLTIME_CLOCK: "wall",
    FULLTIME_ROLES: "intake",
  });
  onTestFinished(async () => {
    node.child.kill("SIGTERM");
    await node.ended;
  });
  await until(() => (runningNode(dir) === null ? null : true));
  return dir;
}

test("a match that cannot be run says why; an unknown one and a missing node end it before anything is written", {
  timeout,
}, async () => {
  const ahead = history("pl-2026-27-g-h", played).scheduled({ kickoff: wallClock.now() + 5 * hour });
  const { url } = await seededLog([ahead, whole()]);
  const [future, unknown, nothing, alone] = await Promise.all([
    run(url, "--match", ahead.id),
    run(url, "--match", "pl-2026-27-h-g"),
    run(url, "--yes"),
    startFulltime(tempDir(), ["backfill", "--yes"]).ended,
  ]);
  expect(future.code).toBe(3);
  expect(future.stderr).toContain(`${ahead.id} is left out: it has not begun`);
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toContain(`there is no match pl-2026-27-h-g: did you mean ${ahead.id}`);
  expect(nothing.code).toBe(0);
  expect(nothing.stderr).toContain("nothing to do");
  expect(alone.code).toBe(6);
  expect(alone.stderr).toContain("no node runs on");
});
