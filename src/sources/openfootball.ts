import type { PollRemark } from "../match/event.ts";
import { isVoid } from "../match/status.ts";
import { competitionOf, firstYearOf, type League, seasonName, seasonsBetween } from "./competitions.ts";
import { readAs } from "./live.ts";
import type { Known, KnownMatch } from "./known.ts";
import { readMatch } from "./openfootball-match.ts";
import { fileSchema } from "./openfootball-schema.ts";
import { recognise, type Recognised, type Told } from "./recognise.ts";
import { cut } from "./remark.ts";
import type { SeasonFiles } from "./season-files.ts";
import { type Observation, type Source, SourceError, type SourcePage } from "./source.ts";

export interface OpenfootballOptions {
  files: SeasonFiles;
  leagues: readonly League[];
  /** The only one to be read; null: whichever is on. */
  season: string | null;
  known: Known;
  /** See `Source`. */
  firstKickoff?: number | null;
}

/**
 * openfootball/football.json (CC0): files of whole seasons that people keep by hand, with results some days after the matches
 * and no line-ups. Every poll tells the whole season, so that a match which moves out of a window is seen to move.
 */
export function createOpenfootball(options: OpenfootballOptions): Source {
  const { files, leagues, known } = options;

  function leagueNamed(id: string): League {
    const league = leagues.find((it) => it.id === id);
    if (league !== undefined) return league;
    const ours = leagues.map((it) => it.id).join(", ");
    throw new SourceError("permanent", `openfootball was opened for ${ours}, not for ${JSON.stringify(id)}`);
  }

  async function readSeasons(
    league: League,
    seasons: readonly string[],
    now: number,
    signal: AbortSignal,
  ): Promise<SourcePage> {
    const pages: SourcePage[] = [];
    let missing: unknown = null;
    for (const season of seasons) {
      try {
        signal.throwIfAborted();
        const json = await files.read(league, season, now, signal);
        if (json !== null) pages.push(seasonPage(league, season, json, now, known));
        else missing ??= noFile(league, season);
      } catch (error) {
        // The season to come may not be published yet, and an address refuses what it has not.
        if (!(error instanceof SourceError) || error.category !== "permanent" || seasons.length === 1) throw error;
        missing ??= error;
      }
    }
    if (pages.length === 0 && missing !== null) throw missing;
    return joined(pages);
  }

  return {
    name: "openfootball",
    competitions: leagues.map((league) => competitionOf("openfootball", league)),
    firstKickoff: options.firstKickoff ?? null,

    async fixtures(competition, window, now, signal) {
      const league = leagueNamed(competition);
      const { season } = options;
      if (season === null)
        return readSeasons(league, seasonsBetween(league, Math.min(window.from ?? now, now), window.to), now, signal);
      const page = await readSeasons(league, [season], now, signal);
      return { ...page, exhausted: isOver(page, known.matches(league.id, season), now) };
    },

    async results(competition, matchIds, now, signal) {
      const league = leagueNamed(competition);
      const asked = new Set(matchIds);
      const page = await readSeasons(
        league,
        [...new Set(matchIds.flatMap((id) => seasonOf(league, id) ?? []))],
        now,
        signal,
      );
      const observations = page.observations.filter((it) => asked.has(it.matchId));
      return { ...page, observations };
    },

    async lineups(competition, _matchId, _now, signal) {
      signal.throwIfAborted();
      leagueNamed(competition);
      return Promise.resolve({ available: false, why: "openfootball has no line-ups" });
    },
  };
}

/** What one file tells at `now`. Throws a `permanent` SourceError for JSON that is no such file. */
export function seasonPage(league: League, season: string, json: unknown, now: number, known: Known): SourcePage {
  const { told, rejected, doubtful, recognised } = readFile(league, season, json);
  const early = told.filter((it) => it.result !== null && it.kickoff > now);
  const seen = known.matches(league.id, season);
  const page = recognised(early, seen);
  const before = new Map(seen.map((match) => [match.id, match]));
  const text = "has a score before its kick-off, so its date or the score is wrong";
  return {
    observations: page.observations.filter((it) => isNews(it, before.get(it.matchId), now)),
    rejected: [...rejected, ...page.rejected],
    quarantined: [
      ...doubtful,
      ...early.map(({ ref }) => ({ code: "early-score", match: ref, text })),
      ...page.quarantined,
    ],
    budget: null,
    exhausted: false,
  };
}

interface ReadFile {
  told: Told[];
  rejected: PollRemark[];
  doubtful: PollRemark[];
  recognised(without: readonly Told[], seen: readonly KnownMatch[]): Recognised;
}

const readFiles = new WeakMap<object, ReadFile>();

/** A file is polled far more often than it, or what is known of its season, changes: a season is some 3,000 polls. */
function readFile(league: League, season: string, json: unknown): ReadFile {
  const file = readAs(fileSchema, json, `openfootball's ${season}/${league.codes.openfootball}.json`);
  const known = readFiles.get(json as object);
  if (known !== undefined) return known;
  const told: Told[] = [];
  const rejected: PollRemark[] = [];
  const doubtful: PollRemark[] = [];
  for (const [i, entry] of file.matches.entries()) {
    const read = readMatch(league, season, entry, i + 1);
    if (!("code" in read)) told.push(read);
    else (read.doubtful ? doubtful : rejected).push(cut(read));
  }
  let last: { evidence: string; recognised: Recognised } | null = null;
  const made: ReadFile = {
    told,
    rejected,
    doubtful,
    recognised(without, seen) {
      const evidence = JSON.stringify([without.map(({ ref }) => ref), seen.map(({ status: _, ...match }) => match)]);
      if (last?.evidence !== evidence) {
        const left = without.length === 0 ? told : told.filter((it) => !without.includes(it));
        last = { evidence, recognised: recognise("openfootball", league, season, left, { matches: () => seen }) };
      }
      return last.recognised;
    },
  };
  readFiles.set(json as object, made);
  return made;
}

/**
 * A date without a word on how it went takes nothing back: a match that has ended stays as it ended, and a postponed one is
 * postponed until there is a date still ahead. An abandoned or cancelled one with such a date is played again.
 */
function isNews({ fixture }: Observation, known: KnownMatch | undefined, now: number): boolean {
  if (fixture.status !== "scheduled" || known === undefined) return true;
  if (known.status === "finished") return false;
  const isOff = known.status === "postponed" || isVoid(known.status);
  return !isOff || Date.parse(fixture.kickoff) > now;
}

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Nothing will come any more: a week after the last match of a season in which all have ended, and a month after it in any
 * case, as long as a result is asked for.
 */
function isOver(page: SourcePage, known: readonly KnownMatch[], now: number): boolean {
  const told = page.observations.map(({ fixture }) => ({
    kickoff: Date.parse(fixture.kickoff),
    status: fixture.status,
  }));
  const all = [...told, ...known];
  if (all.length === 0) return false;
  const last = Math.max(...all.map(({ kickoff }) => kickoff));
  const open = told.some(({ status }) => ["scheduled", "in-play", "interrupted", "postponed"].includes(status));
  return now >= last + (open ? 30 : 7) * dayMs;
}

function noFile(league: League, season: string): SourceError {
  return new SourceError(
    "permanent",
    `there is no ${season}/${league.codes.openfootball}.json: check FULLTIME_SOURCE_URL and FULLTIME_COMPETITIONS`,
  );
}

/** As a file's own name has it: `Deutsche Bundesliga 2025/26`. null when it names no season. */
export function seasonInName(league: League, json: unknown): string | null {
  const name = fileSchema.safeParse(json).data?.name ?? "";
  const year = /\b(\d{4})(?:[/-]\d{2,4})?\b/.exec(name)?.[1];
  return year === undefined ? null : seasonName(league.season, Number(year));
}

/** The season a match id names. */
function seasonOf(league: League, matchId: string): string | null {
  const prefix = `${league.id}-`;
  if (!matchId.startsWith(prefix)) return null;
  const found = (league.season === "calendar-year" ? /^\d{4}/ : /^\d{4}-\d{2}/).exec(matchId.slice(prefix.length))?.[0];
  return found !== undefined && firstYearOf(found) !== null ? found : null;
}

function joined(pages: readonly SourcePage[]): SourcePage {
  return {
    observations: pages.flatMap((it) => it.observations),
    rejected: pages.flatMap((it) => it.rejected),
    quarantined: pages.flatMap((it) => it.quarantined),
    budget: null,
    exhausted: false,
  };
}
