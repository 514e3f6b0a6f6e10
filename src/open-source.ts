import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Clock } from "./clock.ts";
import { type Config, ConfigMistakes } from "./config.ts";
import { withoutSecrets } from "./config/address.ts";
import type { ReadModelQueries } from "./projections/queries.ts";
import { createApiFootball } from "./sources/api-football.ts";
import { archiveSeasons, createArchive } from "./sources/archive.ts";
import { isSeason, type League, leagueOf, leagues, type LiveSource, seasonName } from "./sources/competitions.ts";
import { createFootballData } from "./sources/football-data.ts";
import { createHttpClient, type Dialect } from "./sources/http.ts";
import type { Known, KnownMatch } from "./sources/known.ts";
import { createOpenfootball, seasonInName } from "./sources/openfootball.ts";
import { createPacer } from "./sources/pacer.ts";
import { directoryFiles, httpFiles, oneFile, type SeasonFiles } from "./sources/season-files.ts";
import type { Source } from "./sources/source.ts";

export interface SourceChoice {
  config: Config;
  /** Our id or the source's code, instead of the configured ones. */
  competition?: string | undefined;
  season?: string | undefined;
  known: Known;
  clock: Clock;
}

export interface OpenedSource {
  source: Source;
  /** The one its log is about; null where one season follows the other. */
  season: string | null;
  /** Ends its connections. */
  close?(): Promise<void>;
}

/**
 * The source of a node. Throws `ConfigMistakes`, or `ArchiveChoiceError`, for what it cannot be asked; that it answers is not
 * tried here.
 */
export async function openSource(choice: SourceChoice): Promise<OpenedSource> {
  const { config, competition, season, known, clock } = choice;
  if (config.source === "archive") return openArchive(competition ?? config.competitions[0], season);
  const chosen = leaguesOf(config.source, config.competitions, competition);
  if (config.source === "openfootball") {
    if (season !== undefined && !chosen.every((league) => isSeason(league, season)))
      throw new ConfigMistakes([`--season ${season}: seasons are like ${seasonName("autumn-spring", 2025)}`]);
    return openOpenfootball(config, chosen, season ?? null, known, clock);
  }
  if (season !== undefined)
    throw new ConfigMistakes([`--season ${season}: ${config.source} follows whichever season is on`]);
  const options = {
    ...(config.sourceUrl === null ? {} : { url: config.sourceUrl }),
    ...(config.sourcePerMinute === null ? {} : { perMinute: config.sourcePerMinute }),
    key: config.sourceKey ?? "",
    competitions: chosen.map(({ id }) => id),
    known,
    clock,
  };
  const source = config.source === "football-data" ? createFootballData(options) : createApiFootball(options);
  return { source, season: null, close: () => source.close() };
}

function openArchive(competition: string | undefined, season: string | undefined): OpenedSource {
  const source = createArchive({
    ...(competition === undefined ? {} : { competition }),
    ...(season === undefined ? {} : { season }),
  });
  const id = source.competitions[0]?.id ?? "";
  return { source, season: season ?? archiveSeasons(id).at(-1) ?? "" };
}

function leaguesOf(source: LiveSource, configured: readonly string[], option: string | undefined): League[] {
  const codes = leagues.map((league) => league.codes[source]).join(", ");
  const chosen = option === undefined ? configured : [option];
  if (chosen.length === 0)
    throw new ConfigMistakes([`FULLTIME_COMPETITIONS: name what ${source} is to be asked for, of ${codes}`]);
  const found = chosen.map((it) => leagueOf(source, it) ?? it);
  const unknown = found.filter((it) => typeof it === "string");
  if (unknown.length > 0) throw new ConfigMistakes([`--competition ${unknown.join(", ")}: ${source} has ${codes}`]);
  return [...new Set(found as League[])];
}

/** Where openfootball publishes its files as they are. */
const openfootballUrl = "https://raw.githubusercontent.com/openfootball/football.json/master";

async function openOpenfootball(
  { sourceUrl, sourcePerMinute }: Config,
  chosen: readonly League[],
  season: string | null,
  known: Known,
  clock: Clock,
): Promise<OpenedSource> {
  const place = sourceUrl ?? openfootballUrl;
  const open = (files: SeasonFiles, season: string | null): OpenedSource => ({
    source: createOpenfootball({ files, leagues: chosen, season, known }),
    season,
    close: () => files.close(),
  });
  if (/^https?:\/\//i.test(place)) {
    const pacer = createPacer({ perWindow: sourcePerMinute ?? openfootballPerMinute, clock });
    const client = createHttpClient({
      provider: "openfootball",
      url: place,
      headers: {},
      secret: null,
      pacer,
      clock,
      dialect,
    });
    return open(httpFiles(client), season);
  }
  const found = statSync(place, { throwIfNoEntry: false });
  if (found === undefined)
    throw new ConfigMistakes([
      `FULLTIME_SOURCE_URL=${withoutSecrets(place)}: there is no such directory or file, and it is no http address`,
    ]);
  if (found.isDirectory()) return open(directoryFiles(place), season);
  const [league, ...others] = chosen;
  if (league === undefined || others.length > 0)
    throw new ConfigMistakes([
      `FULLTIME_SOURCE_URL=${place}: one file has one competition; name one, or a directory of seasons`,
    ]);
  return open(oneFile(place), season ?? (await seasonOfFile(league, place)));
}

/** It has no limit of its own, and is asked for two files a poll. */
const openfootballPerMinute = 60;

const dialect: Dialect = { words: () => null, refusesKey: () => false, waitMs: () => null };

async function seasonOfFile(league: League, path: string): Promise<string> {
  const json = await readFile(path, "utf8")
    .then(
      (text) => JSON.parse(text) as unknown,
      () => null,
    )
    .catch(() => null);
  const season = seasonInName(league, json);
  if (season !== null) return season;
  throw new ConfigMistakes([
    `FULLTIME_SOURCE_URL=${path}: its name names no season like 2025/26; say it with --season`,
  ]);
}

type Listing = Pick<ReadModelQueries, "match" | "matches">;

/** What a read model has of a season; nothing until there is one. */
export function knownIn(readModel: () => Listing | null): Known {
  return {
    matches(competition, season) {
      const listing = readModel();
      if (listing === null) return [];
      const known: KnownMatch[] = [];
      let cursor: string | null = null;
      do {
        const page = listing.matches({ competition, season, limit: 1000, ...(cursor === null ? {} : { cursor }) });
        for (const match of page.matches)
          known.push({ ...match, source: () => listing.match(match.id)?.fixture?.source ?? null });
        cursor = page.cursor;
      } while (cursor !== null);
      return known;
    },
  };
}
