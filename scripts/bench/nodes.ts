import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { wallClock } from "../../src/clock.ts";
import { openLog } from "../../src/open-log.ts";
import type { Bench, BenchContext, Figures, Measured } from "./bench.ts";
import { cpuSeconds } from "./cpu.ts";
import { ended } from "./ended.ts";
import { takeCensus } from "./nodes/census.ts";
import { typescript } from "./node/typescript.ts";
import { createFeed } from "./nodes/feed.ts";
import { kickoffAheadMs } from "./nodes/policy.ts";
import { startServer } from "./server.ts";
import { ratioOf, takeTurns } from "./turns.ts";

/** Several nodes on one log race for everything and only one wins: what they gain together, and what the races cost. */
export const nodesBench: Bench = {
  about: "four nodes on one log beside one node, no-op work",
  size: { of: "matches", standard: 5000 },
  run,
};

async function run(context: BenchContext): Promise<Measured> {
  const sides = await takeTurns(context, {
    one: () => measure(context, 1),
    four: () => measure(context, 4),
  });
  const ratio = ratioOf("matchesPerSecond", sides.four, sides.one);
  const notes = ["every match has every fact on both sides; spare facts are those written again, of all kinds"];
  return { sides, ratio, notes };
}

/** What a match leaves: fixture twice, result, four requests, their answers. */
const factsOfAMatch = 10;

async function measure({ dir: base, cacheDir, size: matches, signal }: BenchContext, nodes: number): Promise<Figures> {
  const dir = join(base, "side");
  await mkdir(dir);
  const server = await startServer(join(dir, "server"), true, cacheDir);
  const children: ChildProcess[] = [];
  try {
    const log = await openLog(server.url, { natsCreds: null, replicas: 1 });
    const census = takeCensus(log, signal);
    try {
      for (let node = 0; node < nodes; node++)
        children.push(startChild([server.url, join(dir, `node-${node}`), cacheDir]));
      await ended(Promise.all(children.map(ready)), signal);
      const cpu = () => cpuOf(children.map(({ pid }) => pid ?? 0));
      const [nodesBegan, serverBegan] = [cpu(), cpuSeconds(server.pid)];

      const feed = createFeed(log, matches, wallClock.now() + kickoffAheadMs);
      const scheduling = performance.now();
      await ended(feed.schedule(), signal);
      await census.until("match.predicted", matches);
      const finishing = performance.now();
      await ended(feed.finish(census.versions), signal);
      await census.until("match.settled", matches);
      const seconds = (performance.now() - scheduling) / 1000;

      for (const type of ["match.analysed", "match.lineups", "match.finished"]) await census.until(type, matches);
      const facts = [...census.counts.values()].reduce((sum, count) => sum + count, 0);
      return {
        matchesPerSecond: matches / seconds,
        eventsPerSecond: facts / seconds,
        toPredictionsSeconds: (finishing - scheduling) / 1000,
        spareFacts: facts - factsOfAMatch * matches,
        nodesCores: share(nodesBegan, cpu(), seconds),
        serverCores: share(serverBegan, cpuSeconds(server.pid), seconds),
      };
    } finally {
      await census.end();
      await log.close();
    }
  } finally {
    await Promise.all(children.map(stop));
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

function startChild(args: string[]): ChildProcess {
  return fork(join(import.meta.dirname, "nodes", "child.ts"), args, {
    execArgv: typescript,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    // Ctrl-C reaches the bench alone, which stops them.
    detached: true,
  });
}

async function ready(child: ChildProcess): Promise<void> {
  const [what] = (await Promise.race([once(child, "message"), once(child, "exit")])) as [unknown];
  if (what !== "ready") throw new Error(`a node did not start (exit code ${String(what)})`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  if (child.connected) child.send("stop");
  const hard = wallClock.after(15_000, () => child.kill("SIGKILL"));
  await exited;
  hard.cancel();
}

function cpuOf(pids: readonly number[]): number | null {
  const all = pids.map(cpuSeconds);
  return all.some((seconds) => seconds === null) ? null : all.reduce<number>((sum, it) => sum + (it ?? 0), 0);
}

function share(began: number | null, end: number | null, seconds: number): number | null {
  return began === null || end === null ? null : (end - began) / seconds;
}
