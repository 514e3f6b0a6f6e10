import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { type League, leagues } from "./competitions.ts";
import type { Known } from "./known.ts";
import { createOpenfootball, seasonInName, seasonPage } from "./openfootball.ts";
import { fileReader } from "./season-files.ts";
import { type Source, SourceError } from "./source.ts";

/** A file as it was from one instant on. */
export interface Snapshot {
  path: string;
  /** Epoch milliseconds, UTC. */
  from: number;
  league: League;
  season: string;
  json: unknown;
}

/** The directory cannot be played; the message says why and what would do. */
export class NoSnapshots extends Error {
  override readonly name = "NoSnapshots";
}

/** `de.1_2025-11-04T1450_e7b38d4.json`, or with the date alone. */
const dated = /(\d{4}-\d{2}-\d{2})(?:T(\d{2}):?(\d{2}))?/;

/**
 * The dated files of a directory, oldest first: all of one competition and season. `competition` (our id or openfootball's code)
 * chooses among several, or says what files without a code in their name are about. Throws `NoSnapshots`.
 */
export async function readSnapshots(directory: string, competition?: string): Promise<[Snapshot, ...Snapshot[]]> {
  const names = (await readdir(directory).catch(() => [])).filter((name) => name.endsWith(".json") && dated.test(name));
  const read = fileReader();
  const snapshots: Snapshot[] = [];
  for (const name of names.sort()) {
    const league = leagueIn(name, competition);
    const from = instantIn(name);
    if (league === null || from === null) continue;
    const path = join(directory, name);
    const json = await read(path);
    const season = seasonInName(league, json);
    if (season === null)
      throw new NoSnapshots(`${path} names no season like "Deutsche Bundesliga 2025/26" in its name`);
    snapshots.push({ path, from, league, season, json });
  }
  const [first, ...others] = snapshots.sort((a, b) => a.from - b.from);
  if (first === undefined) {
    const what = competition === undefined ? "" : ` of ${competition}`;
    throw new NoSnapshots(`${directory} has no dated files${what} like de.1_2025-11-04T1450.json`);
  }
  const another = others.find((it) => it.league !== first.league || it.season !== first.season);
  if (another !== undefined) {
    const names = [first, another].map((it) => `${it.league.id} ${it.season}`).join(" and ");
    throw new NoSnapshots(
      `${directory} has ${names}: name one with --competition, or give a season a directory of its own`,
    );
  }
  return [first, ...others];
}

/**
 * openfootball as it was: at `now` the newest snapshot that is no younger. Its clock begins before the season does, or with the
 * first snapshot where that is later.
 */
export function createReplay([first, ...others]: readonly [Snapshot, ...Snapshot[]], known: Known): Source {
  const snapshots = [first, ...others];
  const { observations } = seasonPage(first.league, first.season, first.json, first.from, known);
  const kickoffs = observations.map(({ fixture }) => Date.parse(fixture.kickoff));
  if (kickoffs.length === 0) throw new NoSnapshots(`${first.path} has no match that can be read`);
  return createOpenfootball({
    files: {
      read: (_league, _season, now) =>
        Promise.resolve(snapshots.findLast(({ from }) => from <= now)?.json ?? { matches: [] }),
      close: () => Promise.resolve(),
    },
    leagues: [first.league],
    season: first.season,
    known,
    firstKickoff: Math.max(first.from, Math.min(...kickoffs)),
  });
}

function leagueIn(name: string, competition: string | undefined): League | null {
  const named = leagues.find(({ codes }) => basename(name).startsWith(codes.openfootball)) ?? null;
  if (competition === undefined) return named;
  const asked = leagues.find(({ id, codes }) => id === competition || codes.openfootball === competition) ?? null;
  if (asked === null) throw new NoSnapshots(`openfootball has no competition ${competition}`);
  return named === null || named === asked ? asked : null;
}

function instantIn(name: string): number | null {
  const [, day, hour = "00", minute = "00"] = dated.exec(name) ?? [];
  const at = Date.parse(`${day}T${hour}:${minute}:00Z`);
  return Number.isNaN(at) ? null : at;
}

/** A broken snapshot is the replay's to tell, before it plays; see `fileReader` for what else may be wrong. */
export function isUnplayable(error: unknown): error is NoSnapshots | SourceError {
  return error instanceof NoSnapshots || error instanceof SourceError;
}
