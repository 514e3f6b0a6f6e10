import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { assemble } from "./assemble.ts";
import type { Dataset } from "./dataset.ts";
import { readFootballDataCsv } from "./football-data-csv.ts";
import { readOpenfootball } from "./openfootball.ts";
import type { Remark } from "./rows.ts";

/** One .json (openfootball) or .csv (football-data.co.uk) file, or every one in and under a directory. Null: there is nothing of that name. */
export function readData(path: string, remark: Remark): Dataset[] | null {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return null;
  if (!found.isDirectory()) return readFiles(dirname(path), [path], remark);
  const files = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return readFiles(path, files.sort(), remark);
}

function readFiles(directory: string, files: readonly string[], remark: Remark): Dataset[] {
  const read = files.flatMap((path) => {
    const label = relative(directory, path);
    if (/\.json$/i.test(path)) return readOpenfootball(path, label, readFileSync(path, "utf8"), remark) ?? [];
    if (/\.csv$/i.test(path)) return readFootballDataCsv(path, label, readFileSync(path), remark) ?? [];
    return [];
  });
  return assemble(read, remark);
}
