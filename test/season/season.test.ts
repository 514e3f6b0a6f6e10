import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LogMessage } from "../../src/events/log.ts";
import type { Recorded } from "../../src/match/event.ts";
import { openLogOf, readAll } from "../support/log-reader.ts";
import { fulltime, startFulltime } from "../support/node-process.ts";
import { scratchDirectories } from "../support/temp.ts";

const directories = scratchDirectories();
afterAll(() => directories.remove());

interface Summary {
  seconds: number;
  panel: { model: string; n: number; points: number; exact: number; rps: number; logLoss: number }[];
}

/** The whole of a season twice, each into an empty directory; the smallest archive season, for time. */
describe("two runs of one season", () => {
  const summaries: Summary[] = [];
  const logs: LogMessage[][] = [];

  beforeAll(async () => {
    for (const name of ["one", "other"]) {
      const dataDir = directories.make(name);
      const run = await fulltime(dataDir, "run", "--competition", "abl", "--exit-when-done", "--json");
      expect(run, run.stderr).toMatchObject({ code: 0 });
      summaries.push(JSON.parse(run.stdout) as Summary);
      logs.push(await openLogOf(dataDir, readAll));
    }
  }, 300_000);

  it("give the same summary and the same table, byte for byte", () => {
    const [one, other] = summaries.map(({ seconds: _, ...rest }) => JSON.stringify(rest));
    expect(one).toContain(
      '"matches":180,"analysed":180,"predicted":180,"finished":180,"settled":180,"void":0,"failed":0,"coveragePercent":100',
    );
    expect(other).toBe(one);
  });

  it("give the same facts apart from ids and wall-clock times", () => {
    const [one, other] = logs.map(storyOf);
    expect(one?.size).toBeGreaterThan(180);
    expect(other).toEqual(one);
  });
});

/** What happened to each entity, in its own order, with ids and sequences as places in that story and without latencies. */
function storyOf(messages: readonly LogMessage[]): Map<string, unknown[]> {
  const stories = new Map<string, unknown[]>();
  const places = new Map<string | number, string>();
  for (const { entity, event, sequence } of messages) {
    if (entity === null || event === null) throw new Error(`${sequence} is no event`);
    const key = `${entity.root}.${entity.id}`;
    const story = stories.get(key) ?? [];
    stories.set(key, story);
    const place = `${key}#${story.length}`;
    places.set(event.id, place);
    places.set(sequence, place);
    const { type, time, actor, causationId } = event;
    story.push({
      type,
      time,
      actor,
      cause: causationId === null ? null : places.get(causationId),
      data: told(event, places),
    });
  }
  return stories;
}

function told(event: Recorded, places: ReadonlyMap<string | number, string>): unknown {
  if (event.type === "match.predicted") {
    const answers = event.data.answers.map((answer) => ({ ...answer, latencyMs: 0 }));
    return { ...event.data, answers };
  }
  if (event.type === "match.settled")
    return { ...event.data, quotasOf: event.data.quotasOf.map((sequence) => places.get(sequence)) };
  return event.data;
}

/** What `npm start -- --exit-when-done --json` promises. */
describe("the Premier League of 2016/17", () => {
  it("is played to its end with every match covered and settled", { timeout: 300_000 }, async () => {
    // With what is built in, as whoever starts it first gets it.
    const builtIn = { FULLTIME_PANEL: "" };
    const run = await startFulltime(directories.make("pl"), ["run", "--exit-when-done", "--json"], builtIn).ended;
    expect(run, run.stderr).toMatchObject({ code: 0 });
    const summary = JSON.parse(run.stdout) as Summary;
    expect(summary).toMatchObject({
      schemaVersion: 1,
      matches: 380,
      analysed: 380,
      predicted: 380,
      finished: 380,
      settled: 380,
      void: 0,
      failed: 0,
      coveragePercent: 100,
    });
    const baseRates = summary.panel.find(({ model }) => model === "base-rates");
    expect(summary.panel).toHaveLength(42);
    for (const { model, n, rps } of summary.panel) {
      expect(n).toBe(380);
      // Lower would be look-ahead.
      expect(rps).toBeGreaterThan(0.17);
      if (model !== "base-rates") expect(rps).toBeLessThan(baseRates?.rps ?? 0);
    }
  });
});
