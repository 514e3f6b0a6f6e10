import { wallClock } from "../../src/clock.ts";
import { type Asked, envelope, type ProviderServer, type Reply, startProvider } from "./provider-server.ts";

export type FootballDataMatch = Record<string, unknown> & { id: number; utcDate: string };

export interface FootballDataServer extends ProviderServer {
  /** What it tells, by competition and year, as `BL1-2025`. */
  readonly lists: Map<string, FootballDataMatch[]>;
  /** One match with what only its own resource has, by number. */
  readonly details: Map<number, object>;
}

export interface FootballDataOptions {
  key: string;
  /** Requests in any such window; beyond it 429. */
  limit?: { count: number; windowMs: number };
  tls?: boolean;
}

const dayMs = 24 * 60 * 60_000;

/** football-data.org v4 as documented: token, limit by the minute, date filters of ten days whose end is an instant. */
export async function startFootballData({ key, limit, tls }: FootballDataOptions): Promise<FootballDataServer> {
  const lists = new Map([
    ["BL1-2025", (envelope("football-data", "BL1-2025") as { matches: FootballDataMatch[] }).matches],
  ]);
  const details = new Map<number, object>([[540014, envelope("football-data", "match-540014") as object]]);
  const counted: number[] = [];

  function answer({ path, query, headers }: Asked): Reply {
    if (headers["x-auth-token"] !== key) return refused(400, "Your API token is invalid.");
    const { count, windowMs } = limit ?? { count: 1000, windowMs: 60_000 };
    const now = wallClock.elapsed();
    while ((counted[0] ?? now) <= now - windowMs) counted.shift();
    const reset = String(Math.ceil(Math.max(0, (counted[0] ?? now) + windowMs - now) / 1000));
    if (counted.length >= count)
      return {
        ...refused(429, `You reached your request limit. Wait ${reset} seconds.`),
        headers: { "x-requestcounter-reset": reset },
      };
    counted.push(now);
    const left = {
      "x-api-version": "v4",
      "x-requests-available-minute": String(count - counted.length),
      "x-requestcounter-reset": reset,
    };
    return { headers: left, ...resource(path, query) };
  }

  function resource(path: string, query: URLSearchParams): Reply {
    if (path === "/v4/competitions") return { body: envelope("football-data", "competitions") };
    const one = /^\/v4\/matches\/(\d+)$/.exec(path)?.[1];
    if (one !== undefined) {
      const found = details.get(Number(one)) ?? [...lists.values()].flat().find(({ id }) => id === Number(one));
      return found === undefined ? missing() : { body: found };
    }
    const code = /^\/v4\/competitions\/(\w+)\/matches$/.exec(path)?.[1];
    const list = lists.get(`${code}-${query.get("season")}`);
    if (list === undefined) return missing();
    const [from, to] = ["dateFrom", "dateTo"].map((name) => Date.parse(`${query.get(name)}T00:00:00Z`)) as [
      number,
      number,
    ];
    if (to - from > 10 * dayMs) return refused(400, "Specified period must not exceed 10 days.");
    // A test may have put anything into the list.
    const matches = list.filter((match: Partial<FootballDataMatch> | null) => {
      const at = Date.parse(match?.utcDate ?? "");
      return !(at < from) && !(at >= to);
    });
    return {
      body: {
        filters: Object.fromEntries(query),
        resultSet: { count: matches.length },
        competition: { code },
        matches,
      },
    };
  }

  const server = await startProvider(answer, { tls: tls ?? false });
  return Object.assign(server, { lists, details });
}

function refused(status: number, message: string): Reply {
  return { status, body: { message, errorCode: status } };
}

function missing(): Reply {
  return refused(404, "The resource you are looking for does not exist.");
}
