import { existsSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { healthSchema } from "../../src/http/health.ts";
import { type Ended, type FulltimeProcess, runningNode, serverPid, startFulltime } from "../support/node-process.ts";
import { tempDir } from "../support/temp.ts";
import { until } from "../support/until.ts";

/** The smallest season there is, polled once a day so that it is played in seconds. Played once for all tests. */
const season = ["run", "--competition", "abl"];
let dir = "";
let policy = "";
let played: Ended;

const start = (args: readonly string[], dataDir = dir) => startFulltime(dataDir, args, { FULLTIME_POLICY: policy });
const run = (...args: string[]) => start(args).ended;
const json = <T>(ended: Ended) => JSON.parse(ended.stdout) as T;

beforeAll(async () => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), "fulltime-season-")));
  policy = join(dir, "policy.json");
  writeFileSync(policy, JSON.stringify({ pollEvery: "1d" }));
  played = await run(...season, "--exit-when-done", "--json");
}, 120_000);
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Resolves once the process has said this on stderr; fails when it ends before. */
async function said(process: FulltimeProcess, text: string): Promise<void> {
  const over = new AbortController();
  void process.ended.then(({ stderr }) => over.abort(new Error(`it ended without saying "${text}":\n${stderr}`)));
  await until(() => (process.stderr().includes(text) ? text : null), over.signal);
}

/** Each command is a process; several of them take their time on a busy machine. */
const timeout = 120_000;

describe("a season that was played", { timeout }, () => {
  test("is summed up in one JSON document, its progress told on stderr", () => {
    expect(played.stderr).toContain("100 %  180 of 180 settled");
    expect(played.code).toBe(0);
    const summary = json<{ panel: { model: string; n: number }[]; events: number; seconds: number }>(played);
    expect(summary).toMatchObject({
      schemaVersion: 1,
      matches: 180,
      analysed: 180,
      predicted: 180,
      finished: 180,
      settled: 180,
      void: 0,
      failed: 0,
      coveragePercent: 100,
    });
    expect(summary.events).toBeGreaterThan(180 * 8);
    expect(summary.panel.length).toBeGreaterThan(1);
    for (const row of summary.panel)
      expect(row).toMatchObject({
        n: 180,
        points: expect.any(Number),
        rps: expect.any(Number),
        logLoss: expect.any(Number),
      });
    expect(existsSync(join(dir, "node.json"))).toBe(false);
  });

  test("verifies, from the log and row by row", async () => {
    const verified = await run("verify", "--json");
    expect(verified.stderr).not.toContain("not checked");
    expect(json(verified)).toMatchObject({ schemaVersion: 1, violations: [], open: 0 });
    expect(verified.code).toBe(0);
  });

  test("compares two models match by match, and names the one that is clearly better", async () => {
    const panel = json<{ panel: { model: string; rps: number; rpsInterval: [number, number] }[] }>(
      await run("models", "--json"),
    ).panel;
    for (const { rps, rpsInterval } of panel) {
      expect(rps).toBeGreaterThan(rpsInterval[0]);
      expect(rps).toBeLessThan(rpsInterval[1]);
    }
    const [first, second] = [panel[0]?.model ?? "", "base-rates"];
    const compared = json<{ n: number; rps: { mean: number; interval: [number, number] } }>(
      await run("models", "compare", first, second, "--json"),
    );
    const rpsOf = (model: string) => panel.find((it) => it.model === model)?.rps ?? Number.NaN;
    expect(compared.n).toBe(180);
    expect(compared.rps.mean).toBeCloseTo(rpsOf(first) - rpsOf(second), 10);
    const table = await run("models", "compare", first, second);
    expect(table.stdout).toMatch(/^RPS /m);
    const stranger = await run("models", "compare", first, "base-rate");
    expect(stranger).toMatchObject({ code: 1, stderr: expect.stringContaining("did you mean base-rates") });
  });

  test("says what the panel would say of a match, as it would have been said then", async () => {
    const [home, away] = ["SK Rapid Wien", "FK Austria Wien"];
    const at = "2016-10-22T15:00Z";
    const said = json<{
      results: number;
      matrix: number[][];
      members: { model: string; tip: object; probabilities: object }[];
      panel: { probabilities: { home: number; draw: number; away: number } };
    }>(await run("predict", home, away, "--at", at, "--json"));
    expect(said.matrix.flat().reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 9);
    const { home: h, draw, away: a } = said.panel.probabilities;
    expect(h + draw + a).toBeCloseTo(1, 9);
    const match = json<{
      events: { type: string; data: { answers: { model: string; tip: object; probabilities: object }[] } }[];
    }>(await run("match", "abl-2016-17-sk-rapid-wien-fk-austria-wien", "--json"));
    const answers = match.events.filter(({ type }) => type === "match.predicted").flatMap(({ data }) => data.answers);
    expect(answers.length).toBeGreaterThan(1);
    for (const { model, tip, probabilities } of answers) {
      expect(said.members.find((it) => it.model === model)).toMatchObject({ tip, probabilities });
    }
    const shown = await run("predict", home, away, "--at", at);
    expect(shown.stdout).toContain("home\\away");
    const stranger = await run("predict", "Rapid Wein", away);
    expect(stranger).toMatchObject({ code: 1, stderr: expect.stringContaining("sk-rapid-wien") });
  });

  test("names the season a forecast is of, how old its newest result is, and whom it did not ask", async () => {
    const panel = join(tempDir(), "panel.json");
    const oracle = { name: "oracle", family: "llm", model: "vendor/oracle", url: "http://127.0.0.1:9/v1" };
    const predict = (members: object[], ...more: string[]) => {
      writeFileSync(panel, JSON.stringify({ members }));
      const args = ["predict", "SK Rapid Wien", "FK Austria Wien", "--at", "2030-10-05", ...more];
      return startFulltime(dir, args, { FULLTIME_POLICY: policy, FULLTIME_PANEL: panel }).ended;
    };
    const members = [{ name: "elo", family: "elo" }, oracle];
    const shown = await predict(members);
    expect(shown.stdout).toMatch(/^sk-rapid-wien v fk-austria-wien, 2030-10-05 00:00 UTC, abl 2030-31$/m);
    expect(shown.stdout).toMatch(/, 1 member; not asked: 1 language model$/m);
    expect(shown.stderr).toContain("oracle would answer in the pipeline");
    expect(shown.stderr).toMatch(/the newest result is of 2017-05-\d\d, \d{4} days before/);
    expect(json(await predict(members, "--json"))).toMatchObject({
      notAsked: ["oracle"],
      fixture: { season: "2030-31" },
    });
    expect(await predict([oracle])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("predict asks no language models"),
    });
  });

  test("has no gaps, neither now nor half an hour before some kick-offs", async () => {
    expect(await run("gaps")).toMatchObject({ code: 0, stdout: "" });
    const then = await run("gaps", "--at", "2016-08-13T14:30Z", "--json");
    expect(json(then)).toEqual({
      schemaVersion: 1,
      at: "2016-08-13T14:30:00.000Z",
      window: {
        from: "2016-08-06T14:30:00.000Z",
        to: "2016-08-15T14:30:00.000Z",
        watchMs: { analyse: 172_800_000, lineups: 43_200_000, predict: 43_200_000, settle: 604_800_000 },
      },
      gaps: [],
    });
  });

  test("tells the life of one match with the read model gone; then the read model is made anew", async () => {
    const id = "abl-2016-17-sv-ried-rb-salzburg";
    rmSync(join(dir, "read"), { recursive: true });
    const [events, life] = [await run("match", id, "--json"), await run("match", id)];
    const types = json<{ events: { type: string }[] }>(events).events.map(({ type }) => type);
    expect(types[0]).toBe("match.scheduled");
    expect(types.at(-1)).toBe("match.settled");
    expect(life.stdout).toMatch(
      /^2016-08-13 09:00:00 {2}analysis requested +due, attempt 1, budget 5m {2}by pipeline:dispatch {2}#\d+ from #\d+$/m,
    );
    expect(life.stdout.trim().split("\n")).toHaveLength(types.length);

    const unknown = await run("match", "abl-2016-17-ried-salzburg");
    expect(unknown).toMatchObject({ code: 1, stdout: "" });
    expect(unknown.stderr).toContain(id);

    const rebuilt = await run("projections", "rebuild", "--json");
    expect(json<{ sequence: number }>(rebuilt).sequence).toBeGreaterThan(1000);
    const matches = await run("matches", "--from", "2016-08-13", "--to", "2016-08-13", "--json");
    expect(json<{ matches: { id: string; covered: boolean }[] }>(matches).matches).toContainEqual(
      expect.objectContaining({ id, covered: true, settlement: "settled" }),
    );
  });
});

describe("a node that runs", { timeout }, () => {
  test("goes on where it stopped, serves the commands beside it, and ends by Ctrl-C with 130", async () => {
    const node = start(season);
    await said(node, "goes on serving");
    const note = runningNode(dir);
    expect(note?.pid).toBe(node.child.pid);

    const [second, env, status, rebuilt] = await Promise.all([
      run(...season),
      run("nats-env"),
      run("status", "--json"),
      run("projections", "rebuild", "--json"),
    ]);
    expect(second).toMatchObject({ code: 1, stdout: "" });
    expect(second?.stderr).toContain(`in use by a running node (pid ${note?.pid})`);
    expect(env?.stdout).toBe(`export NATS_URL=${note?.nats}\n`);
    expect(json(status)).toMatchObject({
      health: { status: "ok" },
      tally: { live: 180, settled: 180 },
      anomalies: { total: 0 },
    });
    expect(rebuilt.code).toBe(0);

    const server = serverPid(dir) ?? Number.NaN;
    process.kill(server, "SIGSTOP");
    const health = async (wanted: number) => {
      const response = await fetch(`${note?.http}/api/health`);
      return response.status === wanted ? healthSchema.parse(await response.json()) : null;
    };
    try {
      expect(await until(() => health(503))).toMatchObject({ status: "unhealthy", nats: { connected: false } });
    } finally {
      process.kill(server, "SIGCONT");
    }
    expect(await until(() => health(200))).toMatchObject({ status: "ok", nats: { connected: true } });

    node.child.kill("SIGINT");
    const ended = await node.ended;
    expect(ended.code).toBe(130);
    expect(ended.stdout).toMatch(/^model +n +points/);
    expect(runningNode(dir)).toBeNull();
  });

  test("in the middle of a season: SIGTERM drains and ends with 0, and the next start plays the rest", async () => {
    const dataDir = tempDir();
    const node = start([...season, "--exit-when-done", "--json"], dataDir);
    await said(node, "of 180 settled");
    const server = serverPid(dataDir) ?? Number.NaN;
    node.child.kill("SIGTERM");
    expect(await node.ended).toMatchObject({ code: 0, signal: null, stdout: "" });
    expect(() => process.kill(server, 0)).toThrow(/ESRCH/);

    const rest = await start([...season, "--exit-when-done", "--json"], dataDir).ended;
    expect(json(rest)).toMatchObject({ settled: 180, coveragePercent: 100 });
    expect(json<{ panel: unknown }>(rest).panel).toEqual(json<{ panel: unknown }>(played).panel);
  });
});
