import { parseArgs } from "node:util";
import { builtInPanel } from "../src/forecast/built-in-panel.ts";
import { say } from "./cli/output.ts";
import { readArchive } from "./evaluate/archive.ts";
import { readData } from "./evaluate/data.ts";
import { type Dataset, seasonsOf } from "./evaluate/dataset.ts";
import { describe } from "./evaluate/print.ts";
import { type Choice, evaluate, referenceMember } from "./evaluate/report.ts";
import { seasonIn } from "./evaluate/rows.ts";

const usage = `Usage: npm run evaluate -- --data DIR [--from SEASON] [--to SEASON] [--competition ID]... [--json]
       npm run evaluate -- --archive [--from SEASON] [--to SEASON] [--competition ID]... [--json]

Rolls the built-in panel through seasons. Every match is forecast from the results of the days before it; the
seasons before the first evaluated one are history only.

  --data DIR       openfootball .json and football-data.co.uk .csv files, in DIR and the directories under it;
                   or one such file
  --archive        the built-in archive: five leagues, 2013/14 to 2016/17
  --from, --to     first and last evaluated season, as 2019-20 (default 2019-20 to 2021-22; of the archive
                   2015-16 to 2016-17; --from alone goes on to the last season there is)
  --competition C  only this one (pl, bl1, sa, pd, abl, ...); may be repeated
  --json           one document on one line of stdout (npm run -s evaluate, or npm adds two of its own); figures
                   at its top are over all competitions together

What was rejected or mended in the files is told on stderr. points: 2 for the tendency, 3 for the goal difference,
4 for the exact score. Exit 2: nothing to evaluate.
`;

function refuse(text: string): never {
  say(`error: ${text}`);
  process.exit(2);
}

function options() {
  try {
    return parseArgs({
      options: {
        data: { type: "string" },
        archive: { type: "boolean", default: false },
        from: { type: "string" },
        to: { type: "string" },
        competition: { type: "string", multiple: true },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    return refuse(`${error instanceof Error ? error.message : String(error)}; see npm run evaluate -- --help`);
  }
}

function season(option: string, text: string | undefined): string | null {
  if (text === undefined) return null;
  const found = /^\d{4}([/-]\d\d(\d\d)?)?$/.test(text) ? seasonIn(text) : null;
  return found ?? refuse(`${option} is "${text}": it takes a season, as in ${option} 2019-20`);
}

function read(data: string | undefined, archive: boolean): Dataset[] {
  if (archive === (data !== undefined)) return refuse("give either --data DIR or --archive");
  if (data === undefined) return readArchive();
  return readData(data, say) ?? refuse(`--data ${data}: there is no such file or directory`);
}

const { data, archive, json, help, ...given } = options();
if (help) {
  process.stdout.write(usage);
  process.exit(0);
}
const [from, to] = [season("--from", given.from), season("--to", given.to)];
const all = read(data, archive);
const datasets = all.filter(({ competition }) => given.competition?.includes(competition) ?? true);
const defaults = archive ? { from: "2015-16", to: "2016-17" } : { from: "2019-20", to: "2021-22" };
const choice: Choice = { from: from ?? defaults.from, to: to ?? (from === null ? defaults.to : null) };
const { competitions, all: together } = evaluate(builtInPanel, datasets, choice);
if (together === null) {
  const there = all.map((it) => `${it.competition} ${seasonsOf(it).join(" ")}`).join("; ");
  refuse(`no match from ${choice.from} to ${choice.to ?? "the end"}${there ? `: there is ${there}` : " or at all"}`);
}
if (json) process.stdout.write(`${JSON.stringify({ ...together, reference: referenceMember, competitions })}\n`);
else process.stdout.write(`${competitions.map(describe).join("\n\n\n")}\n`);
