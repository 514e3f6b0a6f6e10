import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Bench, BenchContext, Figures, Measured } from "./bench.ts";
import { cpuSeconds } from "./cpu.ts";
import { startBenchServer } from "./embedded.ts";
import { rssMiB } from "./memory.ts";
import type { Shape } from "./rebuild/life.ts";
import { streamOf } from "./rebuild/stream.ts";
import { ratioOf, takeTurns } from "./turns.ts";

const about =
  "a rebuild of the read model beside a bare drain of the same stream by the official client's ordered consumer";

/** A panel of three: bodies of 630 bytes in the mean. */
export const rebuildBench: Bench = benchOf({ models: 3, teams: 0, form: 3 }, about, 2_000_000);

/** The bodies of the built-in panel over a league of 20: 1,800 bytes in the mean, and 42 rows of scores a match. */
export const wideRebuildBench: Bench = benchOf({ models: 42, teams: 20, form: 5 }, `${about}, 42 models`, 500_000);

function benchOf(shape: Shape, about: string, standard: number): Bench {
  return { about, size: { of: "events", standard }, run: (context) => compare(shape, context) };
}

async function compare(shape: Shape, context: BenchContext): Promise<Measured> {
  const dataDir = await streamOf(shape, context);
  const { server, version } = await startBenchServer(context, dataDir);
  try {
    const pid = server.pid ?? 0;
    const sides = await takeTurns(context, {
      bare: () => side("bare", server.url, pid, context),
      rebuild: () => side("rebuild", server.url, pid, context),
    });
    const bytes = await bytesUnder(join(dataDir, "log"));
    return {
      sides,
      ratio: ratioOf("eventsPerSecond", sides.rebuild, sides.bare),
      versions: { "nats-server": version },
      notes: [
        `the server holds ${Math.round(bytes / 2 ** 20)} MiB of log, ${Math.round(bytes / context.size)} bytes an event with its headers`,
        "limit approached: the bare drain, which does nothing with what it receives",
      ],
    };
  } finally {
    await server.stop();
  }
}

async function side(name: string, url: string, serverPid: number, { dir, signal }: BenchContext): Promise<Figures> {
  const own = await mkdtemp(join(dir, `${name}-`));
  const before = cpuSeconds(serverPid);
  try {
    const figures = await runChild([name, url, own], signal);
    const after = cpuSeconds(serverPid);
    const serverCpuSeconds = before === null || after === null ? null : after - before;
    return { ...figures, serverCpuSeconds, serverRssMiB: rssMiB(serverPid) };
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

const script = join(import.meta.dirname, "rebuild", "side.ts");

/** Runs one side; resolves with the figures it prints. */
function runChild(args: readonly string[], signal: AbortSignal): Promise<Figures> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...process.execArgv, script, ...args], {
      stdio: ["ignore", "pipe", "inherit"],
      signal,
    });
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    child.on("error", (error) => reject(signal.aborted ? (signal.reason as Error) : error));
    child.on("close", (code) => {
      if (code === 0) resolve(JSON.parse(out) as Figures);
      else reject(signal.aborted ? (signal.reason as Error) : new Error(`${args[0]} ended with ${code}`));
    });
  });
}

async function bytesUnder(folder: string): Promise<number> {
  let sum = 0;
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) sum += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return sum;
}
