import { wallClock } from "../../src/clock.ts";
import { type Asked, envelope, type ProviderServer, type Reply, startProvider } from "./provider-server.ts";

export type ApiFootballFixture = Record<string, unknown> & { fixture: Fixture };

type Fixture = Record<string, unknown> & { id: number; date: string; status: { short: string } };

export interface ApiFootballServer extends ProviderServer {
  /** What it tells, by league and year, as `78-2025`. */
  readonly lists: Map<string, ApiFootballFixture[]>;
  /** By fixture; without an entry there are none yet. */
  readonly lineups: Map<number, unknown[]>;
  /** Calls left of the day; a call at 0 is refused. */
  remaining: number;
  /** Refuses with HTTP 200 and these; null: it does not. */
  errors: Record<string, string> | null;
  /** How many fixtures a page has; null: all of them, and `page` is refused, as the provider does. */
  perPage: number | null;
}

export interface ApiFootballOptions {
  key: string;
  /** Calls a day. */
  perDay?: number;
  limit?: { count: number; windowMs: number };
}

/** API-Football v3 as documented: everything is HTTP 200, refusals are in `errors`; quotas of the day and the minute. */
export async function startApiFootball({ key, perDay = 100, limit }: ApiFootballOptions): Promise<ApiFootballServer> {
  const lists = new Map([["78-2025", responseOf<ApiFootballFixture>("fixtures-78-2025")]]);
  const lineups = new Map([[1388313, responseOf<unknown>("lineups-1388313")]]);
  const { count, windowMs } = limit ?? { count: 300, windowMs: 60_000 };
  const counted: number[] = [];

  function answer({ path, query, headers }: Asked): Reply {
    const reply = (
      response: unknown,
      errors: Record<string, string> | [] = [],
      paging = { current: 1, total: 1 },
    ): Reply => ({
      headers: {
        "x-ratelimit-requests-limit": String(perDay),
        "x-ratelimit-requests-remaining": String(state.remaining),
        "X-RateLimit-Limit": String(count),
        "X-RateLimit-Remaining": String(Math.max(0, count - counted.length)),
      },
      body: {
        get: path.slice(1),
        parameters: Object.fromEntries(query),
        errors,
        results: Array.isArray(response) ? response.length : 1,
        paging,
        response,
      },
    });
    if (headers["x-apisports-key"] !== key)
      return reply([], {
        token: "Error/Missing application key. Go to the documentation to learn how to get your key.",
      });
    if (state.errors !== null) return reply([], state.errors);
    const now = wallClock.elapsed();
    while ((counted[0] ?? now) <= now - windowMs) counted.shift();
    if (counted.length >= count)
      return reply([], { rateLimit: `Too many requests. Your rate limit is ${count} requests per minute.` });
    if (path === "/status") return reply((envelope("api-football", "status") as { response: unknown }).response);
    if (state.remaining <= 0) return reply([], { requests: "You have reached the request limit for the day." });
    counted.push(now);
    state.remaining--;
    const { perPage } = state;
    const asked = query.get("page");
    if (perPage === null || path !== "/fixtures")
      return asked === null ? reply(resource(path, query)) : reply([], { page: "The Page field do not exist." });
    const list = resource(path, query);
    const current = Number(asked ?? 1);
    const paging = { current, total: Math.ceil(list.length / perPage) };
    return reply(list.slice((current - 1) * perPage, current * perPage), [], paging);
  }

  function resource(path: string, query: URLSearchParams): unknown[] {
    if (path === "/leagues") return query.get("id") === "78" ? responseOf("leagues-78") : [];
    if (path === "/fixtures/lineups") return lineups.get(Number(query.get("fixture"))) ?? [];
    const [from, to] = [query.get("from") ?? "", query.get("to") ?? "~"];
    const list = lists.get(`${query.get("league")}-${query.get("season")}`) ?? [];
    return list.filter(({ fixture }) => fixture.date.slice(0, 10) >= from && fixture.date.slice(0, 10) <= to);
  }

  const server = await startProvider(answer);
  const state: ApiFootballServer = Object.assign(server, {
    lists,
    lineups,
    remaining: perDay,
    errors: null,
    perPage: null,
  });
  return state;
}

function responseOf<T>(name: string): T[] {
  return (envelope("api-football", name) as { response: T[] }).response;
}
