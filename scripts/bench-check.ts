import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Argument, Command, Option } from "commander";
import { compare, type Recorded, tolerance, type Verdict } from "./bench/check/compare.ts";
import { runBench } from "./bench/check/run-bench.ts";
import { shortForms } from "./bench/check/short-forms.ts";
import { describeMachine, type Machine } from "./bench/machine.ts";
import { readable } from "./bench/turns.ts";
import { exitCode, report } from "./cli/errors.ts";
import { paint, print, printJson, say } from "./cli/output.ts";
import { cutShort, Interrupted, listenForSignals } from "./cli/signals.ts";
import { table } from "./cli/table.ts";

/** Times differ from machine to machine; how fulltime stands beside what ran in the same minute on the same one differs little. */
const recordedFile = join(import.meta.dirname, "bench", "recorded.json");

interface RecordedFile {
  machine: Machine;
  benches: Record<string, Recorded>;
}

interface Options {
  record?: true;
  json?: true;
  file: string;
}

const program = new Command("bench:check")
  .description(
    `Runs short forms of the benches and compares their ratios with the recorded ones: exit 3 where one fell by more than ${100 * tolerance} %. For a quiet machine, before a release.`,
  )
  .addArgument(
    new Argument("[benches...]", "these alone")
      .choices(shortForms.map(({ bench }) => bench))
      .default([], "all of them"),
  )
  .option("--record", "write what was found as what later runs are compared with")
  .option("--json", "one document on stdout")
  .addOption(
    new Option("--file <path>", "where the ratios are recorded").default(recordedFile, "scripts/bench/recorded.json"),
  )
  .exitOverride()
  .showHelpAfterError("(add --help for what there is)")
  .action(check);

async function check(names: string[], { record, json, file }: Options): Promise<void> {
  const recorded = readRecorded(file);
  const machine = describeMachine();
  const signals = listenForSignals();
  const verdicts: Verdict[] = [];
  const benches = { ...recorded?.benches };
  try {
    for (const form of shortForms.filter(({ bench }) => names.length === 0 || names.includes(bench))) {
      say(`bench ${form.bench} --size ${form.size} --runs ${form.runs}`);
      const found = await runBench(form, signals.first);
      const before = record === true ? null : (recorded?.benches[form.bench] ?? null);
      verdicts.push(...compare(form.bench, before, found));
      benches[form.bench] = found;
    }
  } finally {
    signals.end();
  }
  if (record === true) writeFileSync(file, `${JSON.stringify({ machine, benches } satisfies RecordedFile, null, 2)}\n`);
  if (json === true) printJson({ machine, recordedOn: recorded?.machine ?? null, tolerance, verdicts });
  else show(verdicts, record === true ? file : null);
  if (verdicts.some(({ verdict }) => verdict === "worse")) process.exitCode = exitCode.found;
}

/** null where nothing was ever recorded. */
function readRecorded(file: string): RecordedFile | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as RecordedFile;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

function show(verdicts: readonly Verdict[], recordedIn: string | null): void {
  const right = "right" as const;
  print(
    table(
      [
        { title: "bench" },
        { title: "ratio" },
        { title: "recorded", align: right },
        { title: "now", align: right },
        { title: "" },
      ],
      verdicts.map(({ bench, ratio, recorded, found, verdict }) => [
        bench,
        ratio,
        readable(recorded),
        readable(found),
        verdict === "worse" ? paint("red", verdict) : verdict,
      ]),
    ),
  );
  if (recordedIn !== null) return say(`recorded in ${recordedIn}`);
  if (verdicts.some(({ verdict }) => verdict === "better" || verdict === "new"))
    say("record what is better or new with --record, on a quiet machine, or a later fall goes unnoticed");
}

try {
  await program.parseAsync();
} catch (error) {
  process.exit(error instanceof Interrupted ? cutShort(error.signal) : report(error));
}
