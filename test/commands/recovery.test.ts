import { afterAll, beforeAll, expect, test } from "vitest";
import { wallClock } from "../../src/clock.ts";
import { type History, history, hour, minute, tip } from "../support/history.ts";
import { type LiveNode, liveNode } from "../support/live-node.ts";
import { startFulltime } from "../support/node-process.ts";
import { failureOf, scriptedModels, tipOf } from "../support/scripted-models.ts";
import { seed } from "../support/seeded-log.ts";

const panel = Array.from({ length: 42 }, (_, at) => `m${String(at + 1).padStart(2, "0")}`);
const played = wallClock.now() - 20 * hour;

/** Whose 25 other models had not answered when it kicked off. */
function interrupted(id: string): History {
  return history(id, played - 7 * hour)
    .scheduled({ kickoff: played })
    .after(hour)
    .requested("analyse")
    .analysed()
    .at(played - 30 * minute)
    .requested("predict", { roster: panel.map((model) => ({ model, version: "1" })) })
    .predicted(panel.slice(0, 17).map((model) => tip(model)))
    .at(played)
    .failed("predict", { category: "missed" })
    .at(played + 2 * hour)
    .finished()
    .requested("settle")
    .settled();
}
/** As when the source was down before it kicked off: settled as void for want of an analysis. */
function unseen(id: string): History {
  return history(id, played + 2 * hour)
    .scheduled({ kickoff: played, status: "finished" })
    .finished()
    .requested("settle")
    .settled();
}

let node: LiveNode;
beforeAll(async () => {
  node = liveNode({ models: scriptedModels(panel), policy: { attempts: 2, retryDelays: [100] } });
  await node.start();
});
afterAll(() => node.remove());
/** Each command is a process that takes its second or two. */
const timeout = 90_000;

const run = (...args: string[]) => startFulltime(node.dataDir, args, { FULLTIME_CLOCK: "wall" }).ended;
const lines = (stdout: string) =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);

test("a match with 17 of 42 answers gets the 25 missing calls, one without anything all; again there is nothing to do", {
  timeout,
}, async () => {
  const [half, none] = [interrupted("pl-2026-27-a-b"), unseen("pl-2026-27-c-d")];
  await seed(node.facts.log, [half, none]);
  await node.facts.first(5000, none.id, "match.settled");
  const dry = await run("backfill", "--dry-run", "--json");
  const plan = JSON.parse(dry.stdout) as { planHash: string; matches: unknown[] };
  expect(plan.matches).toMatchObject([
    { matchId: half.id, stages: ["predict", "settle"], modelCalls: 25 },
    { matchId: none.id, stages: ["analyse", "predict", "settle"] },
  ]);

  const done = await run("backfill", "--plan", plan.planHash, "--yes", "--json");
  expect(done.stderr).toBe("");
  expect(done.code).toBe(0);
  const said = lines(done.stdout);
  expect(said[0]).toMatchObject({ schemaVersion: 1, type: "plan", planHash: plan.planHash });
  const ended = said.filter(({ type, state }) => type === "match" && state === "done").map(({ matchId }) => matchId);
  expect(new Set(ended)).toEqual(new Set([half.id, none.id]));
  expect(said.at(-1)).toMatchObject({ type: "summary", state: "done", total: 2, done: 2, failed: 0, running: 0 });

  const calls = node.models.calls.filter(({ matchId }) => matchId === half.id).map(({ model }) => model);
  expect(calls.sort()).toEqual(panel.slice(17));
  expect(node.facts.of(half.id, "match.analysed")).toHaveLength(1);
  const [word] = node.facts.of(half.id, "match.retro.requested");
  const [, settled] = node.facts.of(half.id, "match.settled");
  expect(settled?.data).toMatchObject({ void: null, quotasFrom: "live" });
  expect(settled?.data.points).toHaveLength(42);
  expect(node.facts.of(none.id, "match.settled").at(-1)?.data).toMatchObject({ void: null, quotasFrom: "retro" });

  const before = node.facts.messages.length;
  const again = await run("backfill", "--yes");
  expect(again).toMatchObject({ code: 0, stdout: "" });
  expect(again.stderr).toContain("nothing to do");
  expect(node.facts.messages.slice(before).filter(({ entity }) => entity?.root === "match")).toEqual([]);

  const tree = await run("match", half.id, "--causes");
  const at = tree.stdout.split("\n").findIndex((line) => line.includes(`#${word?.sequence}`));
  const [asked, request, answers] = tree.stdout.split("\n").slice(at);
  expect(asked).toMatch(/^\S+ \S+ {2}retro requested .*by operator:/);
  expect(request).toMatch(/^\S+ \S+ {4}prediction requested /);
  expect(answers).toMatch(/^\S+ \S+ {6}predicted /);
  const causes = JSON.parse((await run("match", half.id, "--causes", "--json")).stdout) as { causes: object[] };
  expect(causes.causes).toContainEqual(
    expect.objectContaining({
      type: "match.retro.requested",
      effects: expect.arrayContaining([expect.objectContaining({ type: "match.prediction.requested" })]) as unknown,
    }),
  );
});

test("what is given up is a gap that remains: 4 beside what was done, 3 alone", { timeout }, async () => {
  const [well, ill] = [interrupted("pl-2026-27-e-f"), interrupted("pl-2026-27-g-h")];
  node.models.answersOf.set(ill.id, ({ model }) => (model === "m42" ? failureOf(model, "transient") : tipOf(model)));
  await seed(node.facts.log, [well, ill]);
  const partly = await run("backfill", "--match", well.id, "--match", ill.id, "--yes");
  expect(partly.stderr).toMatch(new RegExp(`^${ill.id} {2}not done: analysed, 41 of 42 models, .*transient`, "m"));
  expect(partly.stderr).toMatch(new RegExp(`^${well.id} {2}done: analysed, 42 of 42 models, settled$`, "m"));
  expect(partly.code).toBe(4);
  const alone = await run("backfill", "--match", ill.id, "--yes", "--json");
  expect(alone.code).toBe(3);
  expect(lines(alone.stdout).at(-1)).toMatchObject({ type: "summary", state: "gaps-remain", total: 1, failed: 1 });
  // Two attempts, twice, at the one model that had not answered.
  expect(node.models.calls.filter(({ matchId, model }) => matchId === ill.id && model === "m42")).toHaveLength(4);
  node.models.answersOf.delete(ill.id);
  expect((await run("backfill", "--match", ill.id, "--yes")).code).toBe(0);
});

test("settlements that failed for want of predictions are settled by a retry once there are some", {
  timeout,
}, async () => {
  const life = history("pl-2026-27-i-j", played - 7 * hour)
    .scheduled({ kickoff: played })
    .after(hour)
    .requested("analyse")
    .analysed()
    .at(played + 2 * hour)
    .finished()
    .requested("settle")
    .failed("settle", { category: "permanent", fingerprint: "permanent:forged" });
  await seed(node.facts.log, [life]);
  const found = await run("settlement", "investigate");
  expect(found.code).toBe(3);
  expect(found.stdout).toContain("1 x permanent");
  const retried = await run("settlement", "retry", "--category", "permanent");
  expect(retried).toMatchObject({ code: 0, stdout: `${life.id}  accepted\n` });
  // Analysed and never predicted: it is tried, and fails for the reason that is true now.
  const failure = await node.facts.first(
    10_000,
    life.id,
    "match.failed",
    ({ data }) => data.retryAt === null && data.attempt === 2,
  );
  expect(failure.data).toMatchObject({ stage: "settle", category: "no-predictions" });
  expect((await run("backfill", "--match", life.id, "--yes")).code).toBe(0);
  expect(node.facts.of(life.id, "match.settled").at(-1)?.data).toMatchObject({ void: null, quotasFrom: "retro" });
  expect((await run("settlement", "investigate")).code).toBe(0);
});

test("without a node a dry run still reads the read model, and a run says what it lacks", { timeout }, async () => {
  const life = interrupted("pl-2026-27-k-l");
  await seed(node.facts.log, [life]);
  await node.app().readModel.reached(await node.facts.log.last());
  await node.stop();
  const dry = await run("backfill", "--dry-run", "--json");
  expect(JSON.parse(dry.stdout)).toMatchObject({ matches: [{ matchId: life.id, modelCalls: 25 }] });
  const refused = await run("backfill", "--yes");
  expect(refused).toMatchObject({ code: 6, stdout: "" });
  expect(refused.stderr).toContain("fulltime run");
});
