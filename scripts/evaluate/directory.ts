import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { assemble } from "./assemble.ts";
import type { Dataset } from "./dataset.ts";
import { readFootballDataCsv } from "./football-data-csv.ts";
import { readOpenfootball } from "./openfootball.ts";
import type { Remark } from "./rows.ts";

/** Every .json (openfootball) and .csv (football-data.co.uk) file in and under a directory. */
export function readDirectory(directory: string, remark: Remark): Dataset[] {
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const read = files.flatMap((path) => {
    const label = relative(directory, path);
    if (/\.json$/i.test(path)) return readOpenfootball(path, label, readFileSync(path, "utf8"), remark) ?? [];
    if (/\.csv$/i.test(path)) return readFootballDataCsv(path, label, readFileSync(path), remark) ?? [];
    return [];
  });
  return assemble(read, remark);
}
