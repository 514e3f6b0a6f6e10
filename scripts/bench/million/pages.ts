import { cursorOf } from "../../../src/projections/cursor.ts";
import { pageCursors } from "../../../src/http/page-cursor.ts";
import { latencies } from "../node/asking.ts";

/** What lists are asked for: each from its beginning and from deep inside. */
const filters: Record<string, string>[] = [
  { purpose: "all" },
  { purpose: "live" },
  { purpose: "history", competition: "league1" },
  { purpose: "all", competition: "league1", season: "2010" },
  { purpose: "live", season: "2010" },
  { purpose: "live", status: "finished", competition: "league2" },
  { purpose: "all", status: "scheduled" },
  { purpose: "all", from: "2005-01-01T00:00:00Z", to: "2015-01-01T00:00:00Z" },
];
const deep = Date.UTC(2010, 8, 1);

/** Milliseconds of `count` pages of each filter, half of them behind a cursor in the middle of the log. */
export async function listPages(url: string, count: number, signal: AbortSignal): Promise<number[]> {
  const ms: number[] = [];
  for (const filter of filters) {
    const cursor = pageCursors("/api/matches", instants(filter)).seal(cursorOf({ at: deep, tie: "a" })) ?? "";
    for (const query of [filter, { ...filter, cursor }]) {
      const page = `${url}/api/matches?${new URLSearchParams({ ...query, limit: "100" }).toString()}`;
      ms.push(...(await latencies(page, Math.ceil(count / 2), signal)));
    }
  }
  return ms;
}

/** A cursor is sealed with its filter as the route has read it. */
function instants({ from, to, ...rest }: Record<string, string>): Record<string, unknown> {
  const at = (text: string | undefined) => (text === undefined ? undefined : Date.parse(text));
  return { ...rest, from: at(from), to: at(to) };
}
