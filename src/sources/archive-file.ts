import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type ArchiveRows, readRows } from "./archive-rows.ts";
import { SourceError } from "./source.ts";

let read: ArchiveRows | null = null;

/** The archive of the installed `vega-datasets` package, read once a process. Throws a `permanent` SourceError. */
export function archiveRows(): ArchiveRows {
  read ??= readRows(football());
  return read;
}

/** The package exports its entry point alone, so the data file is found beside it. */
function football(): unknown {
  try {
    const entry = createRequire(import.meta.url).resolve("vega-datasets");
    return JSON.parse(readFileSync(join(dirname(entry), "../data/football.json"), "utf8"));
  } catch (cause) {
    throw new SourceError(
      "permanent",
      "the archive is data/football.json of the npm package vega-datasets, which cannot be read; run npm ci",
      { cause },
    );
  }
}
