import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import envPaths from "env-paths";
import type { Bench } from "./bench/bench.ts";
import { commonVersions, describeMachine } from "./bench/machine.ts";
import { reportJson, reportTable } from "./bench/report.ts";
import { report } from "./cli/errors.ts";
import { say } from "./cli/output.ts";
import { cutShort, Interrupted, listenForSignals } from "./cli/signals.ts";

/**
 * Every bench by its name. To add one: a file (or a folder with a front door) in `bench/` that exports a `Bench`, and a line
 * here, in the order of the issue's list. `run` starts what it needs in `context.dir`, lets its sides take turns
 * (`takeTurns`), compares them (`ratioOf`), and stops all of it. No two benches share a file but the frame: bench.ts, turns.ts, machine.ts, report.ts.
 */
const benches: Record<string, () => Promise<Bench>> = {
  pipeline: async () => (await import("./bench/pipeline.ts")).pipelineBench,
  latency: async () => (await import("./bench/latency.ts")).latencyBench,
  nodes: async () => (await import("./bench/nodes.ts")).nodesBench,
  rebuild: async () => (await import("./bench/rebuild.ts")).rebuildBench,
  million: async () => (await import("./bench/million.ts")).millionBench,
  burst: async () => (await import("./bench/burst.ts")).burstBench,
  soak: async () => (await import("./bench/soak.ts")).soakBench,
  console: async () => (await import("./bench/console.ts")).consoleBench,
  "rebuild-wide": async () => (await import("./bench/rebuild.ts")).wideRebuildBench,
};

const program = new Command("bench")
  .description("Measures fulltime beside the obvious alternative, in one run: `npm run bench -- NAME`.")
  .exitOverride()
  .showHelpAfterError("(add --help for what there is)");

const wanted = benches[process.argv[2] ?? ""];
const names = wanted === undefined ? Object.keys(benches) : [process.argv[2] ?? ""];
for (const name of names) {
  const bench = await (benches[name] as () => Promise<Bench>)();
  program
    .command(name)
    .description(bench.about)
    .option("--json", "one document on stdout: machine, versions, sides, ratio")
    .addOption(
      new Option(
        `${bench.size.option === undefined ? "" : `--${bench.size.option}, `}--size <n>`,
        `how many ${bench.size.of}`,
      )
        .argParser(whole)
        .default(bench.size.standard),
    )
    .addOption(new Option("--runs <n>", "how often each side runs").argParser(whole).default(5))
    .action((options: Options) => measure(name, bench, options));
}

interface Options {
  json?: true;
  size: number;
  runs: number;
}

async function measure(name: string, bench: Bench, { json, size, runs }: Options): Promise<void> {
  const machine = describeMachine();
  const cacheDir = process.env.FULLTIME_CACHE_DIR || envPaths("fulltime", { suffix: "" }).cache;
  await mkdir(cacheDir, { recursive: true });
  const dir = await mkdtemp(join(tmpdir(), `fulltime-bench-${name}-`));
  const signals = listenForSignals();
  try {
    const measured = await bench.run({ size, runs, dir, cacheDir, signal: signals.first, say });
    const versions = { ...commonVersions(), ...measured.versions };
    const whole = { ...measured, name, size, runs, machine, versions };
    if (json === true) reportJson(whole);
    else reportTable(whole, bench);
  } finally {
    signals.end();
    await rm(dir, { recursive: true, force: true });
  }
}

function whole(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError(`it takes a whole number from 1, as in 1000, not ${JSON.stringify(text)}.`);
}

try {
  await program.parseAsync();
} catch (error) {
  process.exit(error instanceof Interrupted ? cutShort(error.signal) : report(error));
}
