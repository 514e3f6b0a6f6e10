import { z } from "zod";
import { errorOf, nextDay, spent, wordsOf } from "./api-football-errors.ts";
import { readFixture } from "./api-football-fixture.ts";
import { envelopeSchema, errorsSchema, leaguesSchema, lineupsSchema, statusSchema } from "./api-football-schema.ts";
import { firstYearOf, leagueOf } from "./competitions.ts";
import { NoContent } from "./http-failure.ts";
import { type Answer, createHttpClient, type Dialect, type Headers } from "./http.ts";
import { type HttpSource, type LiveOptions, type Offer, readAs, readEach, skewRemarks } from "./live.ts";
import { createPacer } from "./pacer.ts";
import { createSeasonSource } from "./season-source.ts";
import { SourceError, type SourcePage } from "./source.ts";

const provider = "API-Football";

/** Its free plan's; the answers tell what the key's own plan allows. */
const freePerMinute = 10;

/**
 * API-Football, v3: https://www.api-football.com/documentation-v3. It counts by the minute and by the day (UTC). Throws
 * `permanent` for a competition that this version does not know.
 */
export function createApiFootball(options: LiveOptions): HttpSource {
  const { key, clock, known, minuteMs, limits, ca } = options;
  const pacer = createPacer({ perWindow: options.perMinute ?? freePerMinute, clock, windowMs: minuteMs });
  const http = createHttpClient({
    provider,
    url: options.url ?? "https://v3.football.api-sports.io",
    headers: { "x-apisports-key": key },
    secret: key,
    pacer,
    clock,
    dialect,
    limits,
    ca,
  });
  let quota: NonNullable<SourcePage["budget"]> | null = null;

  async function ask<T>(
    path: string,
    query: Headers,
    schema: z.ZodType<T>,
    signal: AbortSignal,
  ): Promise<Answer & { response: T; paging: Paging }> {
    if (quota !== null && quota.remaining === 0 && clock.now() < Date.parse(quota.resetAt ?? ""))
      throw spent(clock.now(), "as its last answer said");
    const answer = await http.get(path, query, signal);
    quota = quotaOf(answer.headers, clock.now()) ?? quota;
    const perMinute = count(answer.headers["x-ratelimit-limit"]);
    if (perMinute !== null && perMinute > 0 && options.perMinute === undefined) pacer.allow(perMinute);
    const error = errorOf(errorsSchema.safeParse(answer.body).data?.errors, clock.now(), http.quote);
    if (error !== null) {
      if (error.category === "rate-limited") pacer.hold((error.retryAt ?? clock.now()) - clock.now());
      throw error;
    }
    const envelope = readAs(envelopeSchema, answer.body, provider);
    const response = readAs(schema, envelope.response, provider);
    return { ...answer, response, paging: envelope.paging ?? { current: 1, total: 1 } };
  }

  /**
   * A whole list, or nothing of it: what is missing from a half would count as gone. The provider's lists of fixtures have one
   * page, and it refuses to be asked for the first one by its number; should it divide them one day, each page is a call.
   */
  async function askAll(path: string, query: Headers, signal: AbortSignal) {
    const first = await ask(path, query, listSchema, signal);
    const { total } = first.paging;
    if (total > pagesMax)
      throw new SourceError(
        "permanent",
        `${provider} divides ${path} into ${total} pages, and ${pagesMax} are read at most`,
      );
    const list = [...first.response];
    for (let page = 2; page <= total; page++) {
      const next = await ask(path, { ...query, page: String(page) }, listSchema, signal);
      const { current } = next.paging;
      if (current !== page)
        throw new SourceError(
          "permanent",
          `${provider} answers page ${current} of ${path} when asked for page ${page}`,
        );
      if (next.paging.total !== total)
        throw new SourceError(
          "transient",
          `${provider} made ${next.paging.total} pages of ${total} while they were read`,
        );
      list.push(...next.response);
    }
    return { ...first, response: list };
  }

  const source = createSeasonSource(
    {
      name: "api-football",
      async matches(league, season, days, signal) {
        const dates = days === null ? {} : { from: days.first, to: days.last };
        const query = {
          league: league.codes["api-football"],
          season: String(firstYearOf(season)),
          timezone: "UTC",
          ...dates,
        };
        const answer = await askAll("/fixtures", query, signal);
        const list = readEach(answer.response, (raw) => readFixture(raw, league, season));
        return { ...list, remarks: skewRemarks(provider, answer), budget: quota };
      },
      async lineups({ ref, home: first }, signal) {
        const { response } = await ask("/fixtures/lineups", { fixture: ref }, lineupsSchema, signal).catch(noneYet);
        // The home team comes first as a rule; its name is a promise.
        const sides = response[1]?.team.name === first ? response.toReversed() : response;
        const [home, away] = sides.map(({ startXI }) => startXI.flatMap(({ player }) => player.name ?? []));
        if (home === undefined || away === undefined || home.length === 0 || away.length === 0) return null;
        return { available: true, home, away };
      },
    },
    options.competitions,
    known,
  );

  async function offer(signal: AbortSignal): Promise<Offer> {
    // The provider does not count this one.
    const { response: status, headers } = await ask("/status", {}, statusSchema, signal);
    const competitions: Offer["competitions"] = [];
    for (const { code } of source.competitions) {
      const { response } = await ask("/leagues", { id: code, current: "true" }, leaguesSchema, signal);
      for (const { league, seasons } of response) competitions.push(offered(league, seasons));
    }
    const { current, limit_day: limit } = status.requests;
    return {
      plan: status.subscription?.plan ?? null,
      competitions,
      budget: quota ?? {
        remaining: Math.max(0, limit - current),
        limit,
        resetAt: new Date(nextDay(clock.now())).toISOString(),
      },
      perMinute: count(headers["x-ratelimit-limit"]),
    };
  }

  return { ...source, offer, close: () => http.close() };
}

/** HTTP 204 is its documented word for nothing there. A season's list without a match would make all of them gone, so only here. */
function noneYet(error: unknown): { response: z.infer<typeof lineupsSchema> } {
  if (error instanceof NoContent) return { response: [] };
  throw error;
}

const dialect: Dialect = {
  words(body) {
    const { errors, message } = refusalSchema.parse(body);
    return message ?? (errors === undefined ? null : wordsOf(errors));
  },
  refusesKey: () => false,
  waitMs: () => null,
  spentUntil: (headers, now) => (count(headers["x-ratelimit-requests-remaining"]) === 0 ? nextDay(now) : null),
};

const refusalSchema = z
  .object({ errors: z.unknown().optional(), message: z.string().optional().catch(undefined) })
  .catch({ errors: undefined });

const listSchema = z.array(z.unknown());

/** As many calls one list may cost: a key of 100 a day has to last. */
const pagesMax = 10;

type Paging = NonNullable<z.infer<typeof envelopeSchema>["paging"]>;

/** The day's calls as an answer tells them; null where it does not, or tells of a day without calls: no key has such a plan. */
function quotaOf(headers: Headers, now: number): NonNullable<SourcePage["budget"]> | null {
  const [remaining, limit] = [
    count(headers["x-ratelimit-requests-remaining"]),
    count(headers["x-ratelimit-requests-limit"]),
  ];
  if (remaining === null || limit === null || limit < 1) return null;
  return { remaining, limit, resetAt: new Date(nextDay(now)).toISOString() };
}

function count(header: string | undefined): number | null {
  const value = header !== undefined && /^\d+$/.test(header) ? Number(header) : null;
  return Number.isSafeInteger(value) ? value : null;
}

type RawLeague = z.infer<typeof leaguesSchema>[number];

function offered({ id, name }: RawLeague["league"], seasons: RawLeague["seasons"]): Offer["competitions"][number] {
  const present = seasons.find(({ current }) => current) ?? seasons.at(-1);
  return {
    code: String(id),
    id: leagueOf("api-football", String(id))?.id ?? null,
    name,
    season: present === undefined ? null : { first: present.start, last: present.end },
    lineups: present?.coverage.fixtures.lineups ?? null,
  };
}
