import { paint, print, printJson } from "../cli/output.ts";
import { table } from "../cli/table.ts";
import type { Bench, Measured } from "./bench.ts";
import type { Machine } from "./machine.ts";
import { readable } from "./turns.ts";

export interface Report extends Measured {
  name: string;
  size: number;
  runs: number;
  machine: Machine;
  versions: Record<string, string>;
}

export function reportJson({ sides, ratio, ratios, notes, ...rest }: Report): void {
  printJson({ ...rest, sides, ratio, ratios: ratios ?? {}, notes: notes ?? [] });
}

/** One line a figure, one column a side. */
export function reportTable(
  { name, size, runs, machine, versions, ...measured }: Report,
  { about, size: unit }: Bench,
): void {
  const sides = Object.entries(measured.sides);
  const figures = [...new Set(sides.flatMap(([, side]) => Object.keys(side)))];
  const { cpu, cores, memoryGiB, system, load } = machine;
  print(`${paint("bold", name)}: ${about}`);
  print(
    `${readable(size)} ${unit.of}, medians of ${runs}; ${cores} x ${cpu}, ${memoryGiB} GiB, ${system}, load ${load}`,
  );
  print(
    `${Object.entries(versions)
      .map((entry) => entry.join(" "))
      .join(", ")}\n`,
  );
  print(
    table(
      [{ title: "" }, ...sides.map(([title]) => ({ title, align: "right" as const }))],
      figures.map((figure) => [figure, ...sides.map(([, side]) => readable(side[figure] ?? null))]),
    ),
  );
  print(`\nratio ${readable(measured.ratio)}`);
  for (const [which, ratio] of Object.entries(measured.ratios ?? {})) print(`${which} ${readable(ratio)}`);
  for (const note of measured.notes ?? []) print(note);
}
