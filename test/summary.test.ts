import { pino } from "pino";
import { onTestFinished, expect, test } from "vitest";
import { startSummary } from "../src/summary.ts";
import { history, hour, kickoff, minute } from "./support/history.ts";
import { manualClock, manualSimulatedClock } from "./support/manual-clock.ts";
import { testNode } from "./support/node.ts";

/** A node whose log is kept from this level on. */
async function node(level: string) {
  const wall = manualClock(kickoff - hour);
  const clock = manualSimulatedClock(wall);
  const it = await testNode({ wall, clock });
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ level }, { write: (line: string) => void lines.push(JSON.parse(line) as never) });
  const summary = startSummary({ ...it.node, logger });
  onTestFinished(() => summary.stop());
  return { ...it, clock, lines, summary };
}

test("every 5 minutes of wall time one line says how the pipeline stands, at the default level too", async () => {
  const it = await node("warn");
  await it.write(history("pl-a").scheduled());
  await it.write(
    history("pl-b")
      .at(kickoff - 6 * hour)
      .scheduled()
      .requested("analyse")
      .failed("analyse", { category: "permanent" }),
  );
  it.clock.jump(kickoff - minute);
  await it.wall.advance(5 * minute - 1);
  expect(it.lines).toEqual([]);
  await it.wall.advance(1);
  expect(it.lines).toEqual([
    {
      level: 30,
      time: expect.any(Number),
      pid: expect.any(Number),
      hostname: expect.any(String),
      msg: "summary",
      coveragePercent: 0,
      matches: 2,
      gaps: { critical: 2, warning: 0, info: 0, missed: 0 },
      withoutPredictions: 2,
      failures: { waiting: 0, givenUp: 1 },
      inFlight: { analyse: 0, lineups: 0, predict: 0, settle: 0, retro: 0 },
      lag: 0,
      readModel: "following",
      natsConnected: true,
      at: new Date(kickoff - minute).toISOString(),
    },
  ]);
  await it.wall.advance(10 * minute);
  expect(it.lines).toHaveLength(3);
  const { timers } = it.wall;
  it.summary.stop();
  expect(it.wall.timers).toBe(timers - 1);
});

test.each([
  ["error", 0],
  ["silent", 0],
  ["info", 1],
  ["trace", 1],
])("at level %s: %d", async (level, count) => {
  const it = await node(level);
  await it.wall.advance(5 * minute);
  expect(it.lines.filter(({ msg }) => msg === "summary")).toHaveLength(count);
});

test("a summary that cannot be made is a warning, and the next one is tried", async () => {
  const it = await node("warn");
  const { surveyCoverage } = it.node.readModel;
  const broken = {
    ...it.node.readModel,
    surveyCoverage: () => {
      throw new Error("closed");
    },
  } as typeof it.node.readModel;
  it.summary.stop();
  const summary = startSummary({
    ...it.node,
    readModel: broken,
    logger: pino({ level: "warn" }, { write: (line: string) => void it.lines.push(JSON.parse(line) as never) }),
  });
  onTestFinished(() => summary.stop());
  await it.wall.advance(5 * minute);
  expect(it.lines).toMatchObject([{ level: 40, err: { message: "closed" } }]);
  broken.surveyCoverage = surveyCoverage;
  await it.wall.advance(5 * minute);
  expect(it.lines.at(-1)).toMatchObject({ msg: "summary" });
});
