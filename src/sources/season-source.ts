import type { PollRemark } from "../match/event.ts";
import { competitionOf, type League, leagueOf, type LiveSource, seasonsBetween } from "./competitions.ts";
import type { Known } from "./known.ts";
import { cut } from "./remark.ts";
import { createSeasonPages, type Heard, type Ref, type SeasonPage } from "./season-page.ts";
import { type Competition, type LineupsAnswer, type Source, SourceError, type SourcePage } from "./source.ts";

/** What differs between the providers whose API has seasons of matches, each with a number of the provider's. */
export interface Provider {
  name: LiveSource;
  /** A season's matches, or those of some days of it. One call. */
  matches(league: League, season: string, days: Days | null, signal: AbortSignal): Promise<Heard>;
  /** null: not there yet. One call. */
  lineups(match: Ref, signal: AbortSignal): Promise<LineupsAnswer | null>;
}

/** `YYYY-MM-DD` in UTC, both included. */
export interface Days {
  first: string;
  last: string;
}

const dayMs = 24 * 60 * 60_000;

/** football-data.org refuses longer spans; where the matches asked for lie wider apart, the season is one call as well. */
const daysMax = 9;

/**
 * A fixtures poll reads whole seasons: a match that moved out of the window would otherwise stay where it was, and it costs
 * the same one call. A sweep reads the days on which its matches were to be played, and the season where one is not there.
 */
export function createSeasonSource(provider: Provider, codes: readonly string[], known: Known): Source {
  const leagues = codes.map((code) => leagueFor(provider.name, code));
  const { pageOf, refOf: refKnown } = createSeasonPages(provider.name, known);
  const reading = new Map<string, Promise<unknown>>();

  function leagueNamed(id: string): League {
    const league = leagues.find((it) => it.id === id);
    if (league !== undefined) return league;
    throw new SourceError(
      "permanent",
      `${provider.name} was opened for ${leagues.map((it) => it.id).join(", ")}, not for ${id}`,
    );
  }

  async function readSeason(
    league: League,
    season: string,
    days: Days | null,
    now: number,
    signal: AbortSignal,
  ): Promise<SeasonPage> {
    return pageOf(league, season, await provider.matches(league, season, days, signal), now);
  }

  /** In turn: they share the calls of a minute. What one season is refused, for ever or by the plan, is no loss of the others. */
  async function readSeasons(
    league: League,
    seasons: readonly string[],
    read: (season: string) => Promise<SeasonPage>,
  ): Promise<{ page: SourcePage; pages: Map<string, SeasonPage> }> {
    const pages = new Map<string, SeasonPage>();
    const remarks: PollRemark[] = [];
    let first: SourceError | null = null;
    for (const season of seasons) {
      try {
        pages.set(season, await read(season));
      } catch (error) {
        if (!(error instanceof SourceError) || error.category !== "permanent") throw error;
        first ??= error;
        remarks.push(cut({ code: "season-refused", match: `${league.id}-${season}`, text: error.message }));
      }
    }
    if (pages.size === 0 && first !== null) throw first;
    const page = joined([...pages.values()]);
    return { page: { ...page, rejected: [...remarks, ...page.rejected] }, pages };
  }

  /** The present state of some matches of one season. */
  async function sweep(
    league: League,
    season: string,
    ids: readonly string[],
    now: number,
    signal: AbortSignal,
  ): Promise<SeasonPage> {
    const kickoffs = new Map(known.matches(league.id, season).map((match) => [match.id, match.kickoff]));
    const days = daysOf(ids.map((id) => kickoffs.get(id)));
    const asked = new Set(ids);
    const only = (page: SeasonPage) => ({
      ...page,
      observations: page.observations.filter((it) => asked.has(it.matchId)),
    });
    const first = only(await readSeason(league, season, days, now, signal));
    const found = new Set(first.observations.map(({ matchId }) => matchId));
    // One that is there and cannot be read is not looked for again.
    if (days === null || ids.every((id) => found.has(id) || first.mentions(id))) return first;
    // It moved, or the provider has taken it off its list.
    return only(await readSeason(league, season, null, now, signal));
  }

  /** After a restart nothing is known of the provider's numbers: one reading of the season tells all who ask at once. */
  async function refOf(league: League, matchId: string, signal: AbortSignal, now: number): Promise<Ref | null> {
    const season = seasonsBetween(league, now, now + dayMs).find((it) => matchId.startsWith(`${league.id}-${it}-`));
    if (refKnown(matchId) !== null || season === undefined) return refKnown(matchId);
    const key = `${league.id}-${season}`;
    // Who began it may have been stopped, which is no answer to the others.
    for (let other = reading.get(key); other !== undefined && refKnown(matchId) === null; other = reading.get(key))
      await other.catch(() => {});
    if (refKnown(matchId) === null) {
      const own = readSeason(league, season, null, now, signal).finally(() => reading.delete(key));
      reading.set(key, own);
      await own;
    }
    return refKnown(matchId);
  }

  return {
    name: provider.name,
    competitions: leagues.map((league): Competition => competitionOf(provider.name, league)),
    firstKickoff: null,

    async fixtures(competition, { from, to }, now, signal) {
      const league = leagueNamed(competition);
      const seasons = seasonsBetween(league, from ?? now, to);
      return (await readSeasons(league, seasons, (season) => readSeason(league, season, null, now, signal))).page;
    },

    async results(competition, matchIds, now, signal) {
      const league = leagueNamed(competition);
      const isOf = (season: string) => (id: string) => id.startsWith(`${league.id}-${season}-`);
      const seasons = seasonsBetween(league, now - sweptMs, now).filter((season) => matchIds.some(isOf(season)));
      const { page, pages } = await readSeasons(league, seasons, (season) =>
        sweep(league, season, matchIds.filter(isOf(season)), now, signal),
      );
      const found = new Set(page.observations.map((it) => it.matchId));
      const gone = [...pages].flatMap(([season, read]) =>
        matchIds.filter((id) => isOf(season)(id) && !found.has(id) && !read.mentions(id)),
      );
      const remarks = gone.map((match) => ({
        code: "gone",
        match,
        text: `${provider.name} no longer has this match`,
      }));
      return { ...page, rejected: [...page.rejected, ...remarks] };
    },

    async lineups(competition, matchId, now, signal) {
      const ref = await refOf(leagueNamed(competition), matchId, signal, now);
      if (ref === null) throw new SourceError("permanent", `${provider.name} does not have the match ${matchId}`);
      return provider.lineups(ref, signal);
    },
  };
}

/** Matches are asked about for so long after their kick-off; see polling.ts. */
const sweptMs = 31 * dayMs;

function leagueFor(source: LiveSource, code: string): League {
  const league = leagueOf(source, code);
  if (league === null)
    throw new SourceError("permanent", `${source} has no competition ${JSON.stringify(code)} that we know of`);
  return league;
}

/** null: not all of them are known, or they lie too far apart. */
function daysOf(kickoffs: readonly (number | undefined)[]): Days | null {
  const known = kickoffs.filter((it) => it !== undefined);
  const [first, last] = [Math.min(...known), Math.max(...known)];
  if (known.length < kickoffs.length || known.length === 0 || last - first > daysMax * dayMs - dayMs) return null;
  return { first: dayOf(first), last: dayOf(last) };
}

export function dayOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}

function joined(pages: readonly SourcePage[]): SourcePage {
  return {
    observations: pages.flatMap((it) => it.observations),
    rejected: pages.flatMap((it) => it.rejected),
    quarantined: pages.flatMap((it) => it.quarantined),
    budget: pages.findLast((it) => it.budget !== null)?.budget ?? null,
    exhausted: false,
  };
}
