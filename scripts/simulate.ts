import { parseArgs } from "node:util";
import { report } from "../test/simulation/report.ts";
import { simulate } from "../test/simulation/run.ts";

const usage = `Usage: npm run simulate -- [--seeds N] [--seed S] [--from S]

Plays the real domain, actors and projector against a world that fails in every way we know, and holds
each run against the invariants. The same seed is the same run, to the last event id.

  --seed S     play this one seed
  --seeds N    play N seeds (default 100), beginning at --from (default 1)
  --quiet      say nothing but the result

Exit 0: every invariant held. Exit 3: one did not; the first seed that shows it is told and ends the run.
`;

const { values } = parseArgs({
  options: {
    seed: { type: "string" },
    seeds: { type: "string", default: "100" },
    from: { type: "string", default: "1" },
    quiet: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

function whole(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  process.stderr.write(`--${name} is "${text}": it takes a whole number, as in --${name} 42\n`);
  process.exit(2);
}

if (values.help) {
  process.stdout.write(usage);
  process.exit(0);
}
const first = whole("seed", values.seed ?? values.from);
const count = values.seed === undefined ? whole("seeds", values.seeds) : 1;
const began = performance.now();
let [events, crashes] = [0, 0];
for (let seed = first; seed < first + count; seed++) {
  const outcome = await simulate(seed);
  events += outcome.messages.length;
  crashes += outcome.crashes;
  if (outcome.violations.length > 0) {
    process.stdout.write(`${report(outcome)}\n`);
    process.exit(3);
  }
  if (!values.quiet && (seed - first + 1) % 50 === 0) process.stderr.write(`${seed - first + 1} of ${count}\n`);
}
const seconds = (performance.now() - began) / 1000;
process.stdout.write(
  `${count} seeds, ${events} events, ${crashes} crashes: every invariant held (${seconds.toFixed(1)} s)\n`,
);
