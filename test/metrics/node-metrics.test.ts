import { expect, test } from "vitest";
import { observeLog } from "../../src/metrics/log.ts";
import { createNodeMetrics, type NodeMetrics } from "../../src/metrics/node-metrics.ts";
import type { StageFact } from "../../src/actors/stage.ts";
import { StageError } from "../../src/actors/errors.ts";
import { failedModel, history, hour, kickoff, minute, second, tip } from "../support/history.ts";
import { manualClock, settled, testNode } from "../support/node.ts";
import { aborted, analyseBy, analysed, askedToAnalyse, deliveredBefore } from "../actors/stage-support.ts";

async function valueOf({ registry }: NodeMetrics, name: string, labels: Record<string, string> = {}): Promise<number> {
  const family = name.replace(/_(sum|count)$/, "");
  const { values } = (await registry.getSingleMetric(family)?.get()) ?? { values: [] };
  const wanted = values.filter((value) => !("metricName" in value) || value.metricName === name);
  const found = wanted.find((value) => Object.entries(labels).every(([label, each]) => value.labels[label] === each));
  return found?.value ?? Number.NaN;
}

test("a run of a stage is told with its duration, and how late what it did came", async () => {
  const it = await askedToAnalyse();
  const metrics = createNodeMetrics();
  it.node.observer = metrics.observer;
  let open = () => {};
  const gate = new Promise<void>((resolve) => (open = resolve));
  it.run(
    analyseBy(async function* () {
      await gate;
      yield analysed;
    }),
  );
  await settled();
  expect(await valueOf(metrics, "fulltime_stage_attempts_total", { stage: "analyse" })).toBe(1);
  await it.wall.advance(20 * second);
  open();
  await settled();
  const done = { stage: "analyse", outcome: "done" };
  expect(await valueOf(metrics, "fulltime_stage_duration_seconds_count", done)).toBe(1);
  expect(await valueOf(metrics, "fulltime_stage_duration_seconds_sum", done)).toBe(20);
  expect(await valueOf(metrics, "fulltime_stage_lateness_seconds_sum", { stage: "analyse" })).toBe(20);
  expect(it.node.readModel.stageRows("pl-2016-17-a-b").find(({ stage }) => stage === "analyse")?.lateMs).toBe(20_000);
});

test.each<[string, (signal: AbortSignal) => Iterable<StageFact> | AsyncIterable<StageFact>, string]>([
  [
    "a failed",
    () => {
      throw new StageError("transient", "no");
    },
    "failed",
  ],
  ["an unfinished", () => [], "dropped"],
  [
    "a drained",
    async function* (signal) {
      yield await aborted(signal);
    },
    "drained",
  ],
])("%s run is neither done nor late", async (_, handle, outcome) => {
  const it = await askedToAnalyse();
  const metrics = createNodeMetrics();
  it.node.observer = metrics.observer;
  const running = it.run(analyseBy(({ signal }) => handle(signal)));
  await settled();
  if (outcome === "drained") await running.drain(AbortSignal.abort());
  await settled();
  expect(await valueOf(metrics, "fulltime_stage_duration_seconds_count", { stage: "analyse", outcome })).toBe(1);
  expect(await valueOf(metrics, "fulltime_stage_lateness_seconds_count", { stage: "analyse" })).toBe(0);
});

test("work in hindsight is not late", async () => {
  const wall = manualClock(kickoff + 24 * hour);
  const it = await testNode({ wall });
  const metrics = createNodeMetrics();
  it.node.observer = metrics.observer;
  await it.write(
    history().scheduled().at(wall.now()).scheduled({ status: "finished" }).finished().retro().requested("analyse"),
  );
  it.run(analyseBy(() => [{ ...analysed, data: { ...analysed.data, retroactive: true } } as StageFact]));
  await settled();
  expect(it.events("match.analysed")).toHaveLength(1);
  expect(await valueOf(metrics, "fulltime_stage_duration_seconds_count", { stage: "analyse", outcome: "done" })).toBe(
    1,
  );
  expect(await valueOf(metrics, "fulltime_stage_lateness_seconds_count", { stage: "analyse" })).toBe(0);
});

test("an observer that throws harms no work, and the node's log tells of it", async () => {
  const it = await askedToAnalyse();
  const warned: string[] = [];
  const fail = () => {
    throw new Error("no room for figures");
  };
  it.node.observer = { stageBegan: fail, stageEnded: fail };
  it.node.logger.warn = ((_: object, text: string) => void warned.push(text)) as never;
  it.run(analyseBy(() => [analysed]));
  await settled();
  expect(it.events("match.analysed")).toHaveLength(1);
  expect(await it.node.log.pending()).toBe(0);
  expect(warned).toEqual(["an observer failed", "an observer failed"]);
});

test("facts are counted by whoever appends them: failures, answers and their cost, conflicts, polls", async () => {
  const it = await testNode({ wall: manualClock(kickoff) });
  const metrics = createNodeMetrics();
  const log = metrics.watch(it.node.log);
  const life = history()
    .scheduled()
    .at(kickoff - 6 * hour)
    .requested("analyse")
    .failed("analyse")
    .after(minute)
    .requested("analyse")
    .analysed()
    .at(kickoff - 30 * minute)
    .requested("predict")
    .predicted([{ ...tip("elo"), cost: 0.25 }, failedModel("pi", "permanent")]);
  const entity = { root: "match", id: life.id } as const;
  expect(await log.append(entity, 0, life.events)).toMatchObject({ outcome: "appended" });
  expect(await log.append(entity, 0, life.events.slice(0, 1))).toMatchObject({ outcome: "conflict" });
  it.server.refuse("full");
  expect(await log.append(entity, life.events.length, life.events.slice(0, 1))).toMatchObject({ outcome: "refused" });

  for (const [name, labels, value] of [
    ["fulltime_events_appended_total", { type: "match.scheduled" }, 1],
    ["fulltime_events_appended_total", { type: "match.analysis.requested" }, 2],
    ["fulltime_append_conflicts_total", {}, 1],
    ["fulltime_append_refusals_total", { category: "transient" }, 1],
    ["fulltime_stage_failures_total", { stage: "analyse", category: "transient" }, 1],
    ["fulltime_model_calls_total", { model: "elo", outcome: "answered" }, 1],
    ["fulltime_model_calls_total", { model: "pi", outcome: "failed" }, 1],
    ["fulltime_model_cost_total", { model: "elo" }, 0.25],
    ["fulltime_model_call_duration_seconds_count", {}, 1],
  ] as const) {
    expect([name, await valueOf(metrics, name, labels)]).toEqual([name, value]);
  }
});

test("what is read again, by a read model made anew, is counted no second time", async () => {
  const it = await testNode({ wall: manualClock(kickoff) });
  const metrics = createNodeMetrics();
  const log = metrics.watch(it.node.log);
  const life = history()
    .scheduled()
    .at(kickoff - 6 * hour)
    .requested("analyse")
    .failed("analyse");
  await log.append({ root: "match", id: life.id }, 0, life.events);
  await it.node.readModel.reached(3);
  const before = await metrics.registry.metrics();
  await it.node.readModel.rebuild();
  expect(await metrics.registry.metrics()).toBe(before);
});

test("a delivery that was made before is a redelivery", async () => {
  const it = await askedToAnalyse();
  await deliveredBefore(it, "analyse", 2);
  const metrics = createNodeMetrics();
  it.node.log = metrics.watch(it.node.log);
  it.run(analyseBy(() => [analysed]));
  await settled();
  expect(await valueOf(metrics, "fulltime_redeliveries_total", { consumer: "analyse" })).toBe(1);
});

test("a watcher of the log that throws harms neither appends nor deliveries", async () => {
  const it = await askedToAnalyse();
  const fail = () => {
    throw new Error("no room for figures");
  };
  it.node.log = observeLog(it.node.log, { appended: fail, delivered: fail });
  it.run(analyseBy(() => [analysed]));
  await settled();
  expect(it.events("match.analysed")).toHaveLength(1);
});
