import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { durables } from "../../src/events/provision.ts";
import { readExposition, type Sample } from "../support/exposition.ts";
import { liveNode } from "../support/live-node.ts";
import { tipOf } from "../support/scripted-models.ts";

const docs = join(import.meta.dirname, "../../docs/prometheus");

/** Metrics that these files name, without what a histogram adds to its name. */
function namedIn(...files: string[]): Set<string> {
  const text = files.map((file) => readFileSync(join(docs, file), "utf8")).join("\n");
  return new Set((text.match(/\bfulltime_[a-z0-9_]+/g) ?? []).map((name) => name.replace(/_(bucket|sum|count)$/, "")));
}

describe("the metrics of a running node", () => {
  test("tell of its work, and hold every name that the example alerts and dashboard use", {
    timeout: 60_000,
  }, async () => {
    const node = liveNode();
    onTestFinished(() => node.remove());
    await node.start();
    const { app, source, models, facts } = node;
    const id = source.add("early", 12_000);
    let calls = 0;
    models.answersOf.set(id, ({ model }) => {
      calls++;
      return { ...tipOf(model), cost: 0.5 };
    });
    await facts.first(30_000, id, "match.predicted");
    await app().readModel.reached(facts.messages.at(-1)?.sequence ?? 0);

    const stored = facts.messages.length;
    const response = await fetch(`${app().url}/metrics`);
    const families = readExposition(await response.text());
    const samples = [...families.values()].flatMap((family) => family.samples);
    const value = (name: string, labels: Sample["labels"] = {}) =>
      samples.find(
        (it) => it.name === name && Object.entries(labels).every(([label, each]) => it.labels[label] === each),
      )?.value;

    expect(value("fulltime_events_appended_total", { type: "match.predicted" })).toBe(
      facts.of(id, "match.predicted").length,
    );
    expect(value("fulltime_stage_attempts_total", { stage: "predict" })).toBe(1);
    expect(value("fulltime_stage_duration_seconds_count", { stage: "analyse", outcome: "done" })).toBe(1);
    expect(value("fulltime_stage_lateness_seconds_count", { stage: "analyse" })).toBe(1);
    expect(value("fulltime_model_calls_total", { model: "elo", outcome: "answered" })).toBe(1);
    expect(value("fulltime_model_cost_total", { model: "elo" })).toBe(0.5);
    expect(calls).toBe(3);
    expect(value("fulltime_polls_total", { kind: "fixtures", outcome: "ok" })).toBeGreaterThan(0);
    expect(value("fulltime_append_batch_events_sum")).toBeGreaterThanOrEqual(stored);
    expect(value("fulltime_append_batch_duration_seconds_count")).toBe(value("fulltime_append_batch_events_count"));
    expect(value("fulltime_coverage_ratio")).toBe(1);
    expect(value("fulltime_source_last_good_poll_timestamp_seconds", { kind: "fixtures" })).toBeGreaterThan(1.7e9);
    const known = (families.get("fulltime_consumer_pending")?.samples ?? []).map(({ labels }) => labels.consumer);
    expect(new Set(known)).toEqual(new Set(durables));

    const names = namedIn("alerts.yml", "dashboard.json");
    expect(names.size).toBeGreaterThan(25);
    expect([...names].filter((name) => !families.has(name))).toEqual([]);
  });

  test("have a dashboard whose panels each ask something", () => {
    const { panels } = JSON.parse(readFileSync(join(docs, "dashboard.json"), "utf8")) as {
      panels: { id: number; title: string; targets: { expr: string }[] }[];
    };
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { title, targets } of panels)
      expect([title, targets.every(({ expr }) => expr.includes("fulltime_"))]).toEqual([title, true]);
  });
});
