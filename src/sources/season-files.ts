import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { HttpClient } from "./http.ts";
import type { League } from "./competitions.ts";
import { SourceError } from "./source.ts";

/** Where files of seasons are. */
export interface SeasonFiles {
  /** The JSON of a season's file; null when there is none. Throws `SourceError`. */
  read(league: League, season: string, now: number, signal: AbortSignal): Promise<unknown>;
  close(): Promise<void>;
}

/** `<directory>/<season>/<code>.json`, read again when it has changed. */
export function directoryFiles(directory: string): SeasonFiles {
  const read = fileReader();
  return {
    read: (league, season, _now, signal) => read(join(directory, season, `${league.codes.openfootball}.json`), signal),
    close: () => Promise.resolve(),
  };
}

/** One file, whatever it is called. */
export function oneFile(path: string): SeasonFiles {
  const read = fileReader();
  return { read: (_league, _season, _now, signal) => read(path, signal), close: () => Promise.resolve() };
}

/**
 * `<address>/<season>/<code>.json`. Of several seasons one may not be published yet; that none can be had is said by the one
 * that reads them.
 */
export function httpFiles(client: HttpClient): SeasonFiles {
  return {
    async read(league, season, _now, signal) {
      return (await client.get(`/${season}/${league.codes.openfootball}.json`, {}, signal)).body;
    },
    close: () => client.close(),
  };
}

/** Bytes; a season of 380 matches takes 0.1 MB. */
const fileMax = 8 << 20;

export type FileReader = (path: string, signal?: AbortSignal) => Promise<unknown>;

/** Reads JSON, parsing a file that has not changed only once; null for one that is not there. */
export function fileReader(): FileReader {
  const read = new Map<string, { stamp: string; json: unknown }>();
  return async (path, signal) => {
    try {
      const { mtimeMs, size } = await stat(path);
      if (size > fileMax) throw new SourceError("permanent", `${path} has more than ${fileMax >> 20} MB`);
      const stamp = `${mtimeMs} ${size}`;
      const known = read.get(path);
      if (known?.stamp === stamp) return known.json;
      const json = parsed(
        path,
        await readFile(path, { encoding: "utf8", ...(signal === undefined ? {} : { signal }) }),
      );
      read.set(path, { stamp, json });
      return json;
    } catch (error) {
      if (error instanceof SourceError) throw error;
      signal?.throwIfAborted();
      const code = (error as NodeJS.ErrnoException).code ?? "";
      if (code === "ENOENT" || code === "ENOTDIR") return null;
      throw new SourceError("transient", `${path} cannot be read (${code})`, { cause: error });
    }
  };
}

/** Transient: the file's next version may be whole, and nothing of ours has to change for it. */
function parsed(path: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new SourceError("transient", `${path} is no JSON: ${(cause as SyntaxError).message}`, { cause });
  }
}
