import { describe, expect, test } from "vitest";
import { durables } from "../../../src/events/provision.ts";
import { createNodeMetrics } from "../../../src/metrics/node-metrics.ts";
import type { EventLog } from "../../../src/events/log.ts";
import { type Family, readExposition, seriesOf } from "../../support/exposition.ts";
import { day, failedModel, history, type History, hour, kickoff, minute, tip } from "../../support/history.ts";
import { type Served, serve } from "../support.ts";

async function scrape(served: Served): Promise<Map<string, Family>> {
  const response = await served.ask("/metrics");
  expect(response.status).toBe(200);
  expect(response.headers.get("Content-Type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  return readExposition(await response.text());
}

/** Values of a family by the values of its labels. */
function valuesOf(families: Map<string, Family>, name: string): Record<string, number> {
  const samples = families.get(name)?.samples ?? [];
  return Object.fromEntries(samples.map(({ labels, value }) => [Object.values(labels).join(" "), value]));
}

/** What the process does on its own, whose garbage collections come in kinds. */
function isOfProcess(name: string): boolean {
  return /^fulltime_(process|nodejs)_/.test(name);
}

function seriesIn(families: Map<string, Family>): string[] {
  return [...families.values()]
    .filter(({ name }) => !isOfProcess(name))
    .flatMap(({ samples }) => samples.map(seriesOf))
    .sort();
}

async function append(log: EventLog, life: History): Promise<number> {
  const outcome = await log.append({ root: "match", id: life.id }, 0, life.events);
  if (outcome.outcome !== "appended") throw new Error(outcome.outcome);
  return outcome.sequence;
}

describe("GET /metrics", () => {
  test("tells coverage, gaps, failures and what is in flight, as health does", async () => {
    const served = await serve({ at: kickoff - hour });
    await served.write(history("pl-a").scheduled());
    await served.write(
      history("pl-b")
        .at(kickoff - 6 * hour)
        .scheduled()
        .requested("analyse")
        .analysed(),
    );
    await served.write(
      history("pl-c")
        .at(kickoff - 6 * hour)
        .scheduled()
        .requested("analyse")
        .failed("analyse", { category: "permanent" }),
    );
    await served.write(
      history("pl-d")
        .at(kickoff - 6 * hour)
        .scheduled()
        .requested("analyse"),
    );
    const families = await scrape(served);
    expect(valuesOf(families, "fulltime_coverage_ratio")).toEqual({ "": 0.25 });
    expect(valuesOf(families, "fulltime_coverage_matches")).toEqual({ "": 4 });
    expect(valuesOf(families, "fulltime_coverage_stale")).toEqual({ "": 0 });
    expect(valuesOf(families, "fulltime_coverage_as_of_timestamp_seconds")).toEqual({ "": (kickoff - hour) / 1000 });
    expect(valuesOf(families, "fulltime_gaps")).toEqual({ critical: 3, warning: 0, info: 0, missed: 0 });
    expect(valuesOf(families, "fulltime_failures")).toMatchObject({ "analyse given-up": 1, "analyse waiting": 0 });
    expect(valuesOf(families, "fulltime_requests_in_flight")).toMatchObject({ analyse: 1, predict: 0, retro: 0 });
    expect(valuesOf(families, "fulltime_health_status")).toEqual({ ok: 0, degraded: 1, unhealthy: 0 });
    expect(valuesOf(families, "fulltime_health_reason")).toMatchObject({ "coverage-low": 1, "nats-unreachable": 0 });
    expect(valuesOf(families, "fulltime_nats_connected")).toEqual({ "": 1 });
    expect(valuesOf(families, "fulltime_projection_lag_events")).toEqual({ "": 0 });
    expect(valuesOf(families, "fulltime_process_cpu_seconds_total")[""]).toBeGreaterThan(0);
  });

  test("counts the matches whose predictions are missing", async () => {
    const served = await serve({ at: kickoff - 10 * minute });
    const analysed = (id: string) =>
      history(id)
        .at(kickoff - 6 * hour)
        .scheduled()
        .requested("analyse")
        .analysed();
    await served.write(analysed("pl-a"));
    await served.write(
      analysed("pl-b")
        .at(kickoff - 30 * minute)
        .lineups()
        .requested("predict")
        .predicted(),
    );
    expect(valuesOf(await scrape(served), "fulltime_matches_without_predictions")).toEqual({ "": 1 });
  });

  test("has a series for what has not happened yet, so that its first time is an increase", async () => {
    const metrics = createNodeMetrics();
    const families = await scrape(await serve({ at: kickoff, registry: metrics.registry }));
    for (const [name, series] of [
      ["fulltime_stage_failures_total", { "predict missed": 0, "settle no-predictions": 0 }],
      ["fulltime_events_appended_total", { "match.gap.raised": 0 }],
      ["fulltime_polls_total", { "fixtures ok": 0, "results rate-limited": 0 }],
      ["fulltime_append_conflicts_total", { "": 0 }],
      ["fulltime_redeliveries_total", { predict: 0 }],
      ["fulltime_http_denials_total", { "wrong-token": 0 }],
    ] as const) {
      expect(valuesOf(families, name)).toMatchObject(series);
    }
  });

  test("is asked for NATS' and the read model's figures once in 5 s, and not held up by an absent NATS", async () => {
    let asked = 0;
    let answer: () => Promise<{ durable: "predict"; pending: number; ackPending: number; redelivered: number }[]> =
      () => Promise.resolve([{ durable: "predict", pending: 7, ackPending: 2, redelivered: 1 }]);
    const served = await serve({ at: kickoff, backlog: () => (asked++, answer()) });
    const families = await scrape(served);
    await scrape(served);
    expect(asked).toBe(1);
    expect(valuesOf(families, "fulltime_consumer_pending")).toEqual({ predict: 7 });
    expect(valuesOf(families, "fulltime_consumer_ack_pending")).toEqual({ predict: 2 });
    expect(valuesOf(families, "fulltime_consumer_redelivered")).toEqual({ predict: 1 });

    answer = () => new Promise(() => {});
    await served.wall.advance(5001);
    const late = scrape(served);
    await served.wall.advance(1000);
    expect(valuesOf(await late, "fulltime_consumer_pending")).toEqual({});
    expect(asked).toBe(2);
  });

  test("says nothing it does not know: without a read model no figure is a number", async () => {
    const served = await serve({ at: kickoff });
    await served.node.readModel.stop();
    const families = await scrape(served);
    expect(valuesOf(families, "fulltime_health_status")).toEqual({ ok: 0, degraded: 0, unhealthy: 1 });
    for (const name of [
      "fulltime_coverage_ratio",
      "fulltime_matches_without_predictions",
      "fulltime_projection_lag_events",
    ])
      expect(valuesOf(families, name)).toEqual({ "": Number.NaN });
  });

  test("counts requests by route pattern, whatever was asked for", async () => {
    const served = await serve({ at: kickoff });
    await served.ask("/livez");
    await served.ask("/nobody/knows/this");
    await served.ask("/nor-this?secret=canary", { method: "PROPFIND" });
    const requests = valuesOf(await scrape(served), "fulltime_http_requests_total");
    expect(requests).toMatchObject({ "GET /livez 200": 1, "GET unmatched 404": 1 });
    expect(Object.keys(requests).some((series) => series.startsWith("other unmatched"))).toBe(true);
    expect(JSON.stringify(requests)).not.toMatch(/nobody|canary|PROPFIND/);
  });

  test("has as many series for 1,000 matches as for 10", { timeout: 120_000 }, async () => {
    const series = async (count: number) => {
      const metrics = createNodeMetrics();
      const backlog = () =>
        Promise.resolve(durables.map((durable) => ({ durable, pending: 0, ackPending: 0, redelivered: 0 })));
      const served = await serve({ at: kickoff + day, registry: metrics.registry, backlog });
      const log = metrics.watch(served.node.log);
      const lives = Array.from({ length: count }, (_, n) => lifeOf(n));
      const last = Math.max(...(await Promise.all(lives.map((life) => append(log, life)))));
      await served.node.readModel.reached(last);
      for (const { id } of lives.slice(-10)) await served.ask(`/api/matches/${id}`);
      const families = await scrape(served);
      expect(valuesOf(families, "fulltime_events_appended_total")).toMatchObject({ "match.predicted": 0.6 * count });
      const text = JSON.stringify([...families.values()]);
      expect(lives.filter(({ id }) => text.includes(id))).toEqual([]);
      return seriesIn(await scrape(served));
    };
    expect(await series(1000)).toEqual(await series(10));
  });
});

/** Lives of five kinds, the same kinds in any ten. */
function lifeOf(n: number): History {
  const life = history(`pl-${n}-away`)
    .scheduled()
    .at(kickoff - 6 * hour)
    .requested("analyse");
  if (n % 5 === 0) return life.failed("analyse").after(minute).requested("analyse").analysed();
  if (n % 5 === 1) return life.failed("analyse", { category: "permanent" });
  life
    .analysed()
    .at(kickoff - 30 * minute)
    .lineups()
    .requested("predict");
  if (n % 5 === 2)
    return life.predicted([
      tip("elo"),
      failedModel("pi", "permanent"),
      { model: "poisson", outcome: "abstained", category: null, reason: "" },
    ]);
  life
    .predicted()
    .at(kickoff + 2 * hour)
    .scheduled({ status: "finished" })
    .finished();
  return n % 5 === 3 ? life.requested("settle").settled() : life;
}
