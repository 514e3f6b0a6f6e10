import { firstYearOf, type League, leagueOf } from "./competitions.ts";
import { readMatch } from "./football-data-match.ts";
import { competitionsSchema, errorSchema, lineupsSchema, matchesSchema } from "./football-data-schema.ts";
import { limitedMs } from "./http-failure.ts";
import { createHttpClient, type Dialect, type HttpClient } from "./http.ts";
import { type HttpSource, type LiveOptions, type Offer, readAs, readEach, skewRemarks } from "./live.ts";
import { createPacer } from "./pacer.ts";
import type { Heard } from "./season-page.ts";
import { createSeasonSource, type Days } from "./season-source.ts";
import type { LineupsAnswer } from "./source.ts";

const provider = "football-data.org";

/** Its free plan's; the paid ones allow 30 and more. */
const freePerMinute = 10;

/**
 * football-data.org, API v4: https://docs.football-data.org/general/v4/. It counts by the minute and knows no daily quota.
 * Throws `permanent` for a competition that this version does not know.
 */
export function createFootballData(options: LiveOptions): HttpSource {
  const { key, clock, known, competitions, perMinute = freePerMinute, minuteMs, limits, ca } = options;
  const http = createHttpClient({
    provider,
    url: options.url ?? "https://api.football-data.org",
    headers: { "x-auth-token": key },
    secret: key,
    pacer: createPacer({ perWindow: perMinute, clock, windowMs: minuteMs }),
    clock,
    dialect,
    limits,
    ca,
  });
  const source = createSeasonSource(
    {
      name: "football-data",
      matches: (league, season, days, signal) => matches(http, league, season, days, signal),
      lineups: ({ ref }, signal) => lineups(http, ref, signal),
    },
    competitions,
    known,
  );
  return { ...source, offer: (signal) => offer(http, perMinute, signal), close: () => http.close() };
}

const dialect: Dialect = {
  words(body) {
    const parsed = errorSchema.safeParse(body);
    return parsed.success ? (parsed.data.message ?? parsed.data.error ?? null) : null;
  },
  // A key that does not exist is a bad request here; 403 is one whose plan has not what was asked for.
  refusesKey: (status, words) => status === 400 && /token/i.test(words ?? ""),
  waitMs(headers) {
    const seconds = Number(headers["x-requestcounter-reset"] ?? Number.NaN);
    return seconds >= 0 ? seconds * 1000 : null;
  },
  /** Another process with the same key counts too: what the provider has left is its word, not ours. */
  emptyMs(headers) {
    if (headers["x-requests-available-minute"]?.trim() !== "0") return null;
    return Math.min(this.waitMs(headers) ?? limitedMs, limitedMs);
  },
};

async function matches(
  http: HttpClient,
  league: League,
  season: string,
  days: Days | null,
  signal: AbortSignal,
): Promise<Heard> {
  const code = league.codes["football-data"];
  const dates = days === null ? {} : { dateFrom: days.first, dateTo: dayAfter(days.last) };
  const query = { season: String(firstYearOf(season)), ...dates };
  const answer = await http.get(`/v4/competitions/${code}/matches`, query, signal);
  const { matches } = readAs(matchesSchema, answer.body, provider);
  const list = readEach(matches, (raw) => readMatch(raw, league, season));
  return { ...list, remarks: skewRemarks(provider, answer), budget: null };
}

/** `dateTo` is an instant there: a day is whole only up to the next one. */
function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 24 * 60 * 60_000).toISOString().slice(0, 10);
}

async function lineups(http: HttpClient, ref: string, signal: AbortSignal): Promise<LineupsAnswer | null> {
  const answer = await http.get(`/v4/matches/${ref}`, {}, signal, { "x-unfold-lineups": "true" });
  const { homeTeam, awayTeam } = readAs(lineupsSchema, answer.body, provider);
  const [home, away] = [homeTeam.lineup, awayTeam.lineup];
  if (home === undefined || away === undefined)
    return { available: false, why: `the plan of our key at ${provider} has no line-ups` };
  if (home === null || away === null || home.length === 0 || away.length === 0) return null;
  return { available: true, home: home.map(({ name }) => name), away: away.map(({ name }) => name) };
}

async function offer(http: HttpClient, perMinute: number, signal: AbortSignal): Promise<Offer> {
  const answer = await http.get("/v4/competitions", {}, signal);
  const { competitions } = readAs(competitionsSchema, answer.body, provider);
  return {
    plan: null,
    budget: null,
    perMinute,
    competitions: competitions.map(({ code, id, name, currentSeason }) => ({
      code: code ?? String(id),
      id: code ? (leagueOf("football-data", code)?.id ?? null) : null,
      name,
      season: currentSeason ? { first: currentSeason.startDate, last: currentSeason.endDate } : null,
      lineups: null,
    })),
  };
}
