import { rmSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import { logReaches, openLogOf, readAll } from "../support/log-reader.ts";
import { fulltime, runningNode, serverPid, startFulltime } from "../support/node-process.ts";
import { tempDir } from "../support/temp.ts";

interface Summary {
  events: number;
  matches: number;
  settled: number;
  coveragePercent: number;
  panel: unknown[];
}

const season = ["run", "--competition", "abl", "--exit-when-done", "--json"];
const kills = 10;

/** Seeded, so that a failure can be repeated: mulberry32. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

describe("kill -9 at any moment", () => {
  it("ends with the table of an undisturbed season, and a log that verifies", { timeout: 600_000 }, async () => {
    const undisturbed = tempDir();
    const expected = JSON.parse((await fulltime(undisturbed, ...season)).stdout) as Summary;
    rmSync(undisturbed, { recursive: true, force: true });
    expect(expected).toMatchObject({ matches: 180, settled: 180, coveragePercent: 100 });

    const dataDir = tempDir();
    const seed = 20161124;
    const next = random(seed);
    // Moments are sequences of the log, so that they are spread over the season however fast the machine is.
    const moments = Array.from({ length: kills }, () => Math.ceil(next() * expected.events * 0.9)).sort(
      (a, b) => a - b,
    );
    for (const [kill, moment] of moments.entries()) {
      const run = startFulltime(dataDir, season);
      onTestFinished(() => void run.child.kill("SIGKILL"));
      const over = new AbortController();
      void run.ended.then((it) =>
        over.abort(new Error(`the run ended by itself: ${it.code} ${it.signal} ${it.stderr}`)),
      );
      await logReaches(dataDir, moment, over.signal);
      const victim = (["node", "server", "both"] as const)[kill % 3];
      const server = serverPid(dataDir);
      if (victim !== "node" && server !== null) killIfThere(server);
      // A node whose server is killed goes on with a new one; it is killed once it has.
      if (victim === "server") await logReaches(dataDir, moment + 50, over.signal);
      run.child.kill("SIGKILL");
      const ended = await run.ended;
      expect(ended, `kill ${kill} of ${victim} at ${moment}`).toMatchObject({ signal: "SIGKILL" });
    }
    const last = await fulltime(dataDir, ...season);
    expect(last.stderr + last.code, `seed ${seed}`).toMatch(/0$/);
    const summary = JSON.parse(last.stdout) as Summary;
    expect(summary).toMatchObject({ matches: 180, settled: 180, coveragePercent: 100 });
    expect(summary.panel).toEqual(expected.panel);

    const verified = await fulltime(dataDir, "verify", "--json");
    expect(verified, verified.stdout.slice(0, 2000)).toMatchObject({ code: 0 });
    const projections = await fulltime(dataDir, "projections", "verify", "--json");
    expect(projections, projections.stdout.slice(0, 2000)).toMatchObject({ code: 0 });
    expect(runningNode(dataDir)).toBeNull();
    expect(await answersGivenTwice(dataDir)).toEqual([]);
  });
});

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Model answers that the log holds more than once for a round: paid for again although they were there. */
async function answersGivenTwice(dataDir: string): Promise<string[]> {
  const seen = new Set<string>();
  const twice: string[] = [];
  for (const { entity, event } of await openLogOf(dataDir, readAll)) {
    if (event?.type !== "match.predicted") continue;
    for (const { model } of event.data.answers) {
      const key = `${entity?.id} round ${event.data.round} ${model}`;
      if (seen.has(key)) twice.push(key);
      seen.add(key);
    }
  }
  expect(seen.size).toBeGreaterThan(0);
  return twice;
}
