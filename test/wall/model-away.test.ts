import { expect, onTestFinished, test } from "vitest";
import { isTip } from "../../src/match/event.ts";
import { liveNode } from "../support/live-node.ts";
import { fails, startLlmServer } from "../support/llm-server.ts";
import { startFulltime } from "../support/node-process.ts";

const second = 1000;

test("a model that stays away is named with what to do, and its matches go on once it is off the panel", {
  timeout: 90_000,
}, async () => {
  const server = await startLlmServer();
  onTestFinished(() => server.stop());
  server.plays.set("vendor/away", fails(503));
  const members: object[] = [
    { name: "elo", family: "elo" },
    { name: "away", family: "llm", model: "vendor/away", url: server.url },
  ];
  const node = liveNode({
    panel: { members },
    policy: {
      attempts: 2,
      retryDelays: [100],
      askAgainEvery: 12 * second,
      due: { analyse: 304 * second, lineups: 302 * second, predict: 300 * second },
      watch: { analyse: 600 * second, lineups: 600 * second, predict: 600 * second, settle: 600 * second },
    },
  });
  onTestFinished(() => node.remove());
  await node.start();
  const id = node.source.add("waits", 301 * second);
  const givenUp = await node.facts.first(
    30 * second,
    id,
    "match.failed",
    ({ data }) => data.stage === "predict" && data.retryAt === null,
  );
  const remedy = "take it out of FULLTIME_PANEL and restart";
  expect(givenUp.data.reason).toContain(`1 model has not answered: away (its server answered 503)`);
  expect(givenUp.data.reason).toContain(remedy);

  const run = (...args: string[]) => startFulltime(node.dataDir, args, { FULLTIME_CLOCK: "wall" }).ended;
  const [gaps, life, models, json] = await Promise.all([
    run("gaps"),
    run("match", id),
    run("models"),
    run("models", "--json"),
  ]);
  expect(gaps.code).toBe(3);
  for (const { stdout } of [gaps, life]) {
    expect(stdout).toContain("not answered: away");
    expect(stdout).toContain(remedy);
  }
  expect(models.stderr).toContain("1 match waits for away (transient: its server answered 503)");
  expect(models.stderr).toContain(remedy);
  expect(JSON.parse(json.stdout)).toMatchObject({ waiting: [{ model: "away", matches: 1 }] });

  await node.stop();
  members.pop();
  await node.start();
  await node.facts.until(30 * second, id, () => (node.app().readModel.match(id)?.stages.predict.done ? true : null));
  const answers = node.facts.of(id, "match.predicted").flatMap(({ data }) => data.answers);
  expect(answers.at(-1)).toMatchObject({ model: "away", outcome: "abstained" });
  expect(answers.filter(isTip).map(({ model }) => model)).toEqual(["elo"]);
  const rosters = (match: string) =>
    node.facts.of(match, "match.prediction.requested").map(({ data }) => data.roster.map(({ model }) => model));
  // The round keeps the roster it began with; what begins later has the panel's.
  expect(rosters(id).length).toBeGreaterThan(1);
  for (const roster of rosters(id)) expect(roster).toEqual(["elo", "away"]);
  const later = node.source.add("later", 301 * second);
  await node.facts.first(30 * second, later, "match.prediction.requested");
  expect(rosters(later)).toEqual([["elo"]]);
  const after = await run("models");
  expect(after.stderr).not.toContain("away");
});
