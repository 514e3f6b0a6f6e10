import { describe, expect, test } from "vitest";
import { failedSettlementsSchema } from "../../src/http/failed-settlements.ts";
import { groupFailures } from "../../src/match/failed-settlements.ts";
import { history, hour, kickoff, minute } from "../support/history.ts";
import { type Served, serve } from "./support.ts";

const path = "/api/admin/settlement-failures";

async function list(served: Served, query = "") {
  const response = await served.ask(`${path}${query}`);
  expect(response.status).toBe(200);
  return failedSettlementsSchema.strict().parse(await response.json());
}

function failed(id: string, category: "transient" | "permanent", at: number) {
  const life = history(id)
    .scheduled()
    .at(kickoff - 6 * hour)
    .requested("analyse")
    .analysed();
  return life
    .at(kickoff + 2 * hour)
    .finished()
    .at(at)
    .requested("settle")
    .failed("settle", { category });
}

async function some() {
  const served = await serve({ at: kickoff });
  const lives = [1, 2, 3, 4].map((n) =>
    failed(`pl-m${n}`, n === 2 ? "permanent" : "transient", kickoff + 3 * hour + n * minute),
  );
  lives[3]?.event("match.failure.dismissed", { stage: "settle", by: "me", reason: "a friendly" });
  for (const life of lives) await served.write(life);
  return { served, lives };
}

describe("GET /api/admin/settlement-failures", () => {
  test("has them by match, with counts of all, as `settlement investigate` has them", async () => {
    const { served, lives } = await some();
    const answer = await list(served, "?limit=2");
    expect(answer.failures.map(({ matchId }) => matchId)).toEqual(["pl-m1", "pl-m2"]);
    expect(answer).toMatchObject({ total: 3, byCategory: { transient: 2, permanent: 1 } });
    const rest = await list(served, `?limit=2&cursor=${answer.nextCursor}`);
    expect(rest.failures.map(({ matchId }) => matchId)).toEqual(["pl-m3"]);
    expect(rest.nextCursor).toBeNull();
    expect(rest.total).toBe(3);
    expect(answer.failures[1]).toMatchObject({
      homeTeam: "A",
      awayTeam: "B",
      kickoffTime: "2017-01-14T15:00:00.000Z",
      category: "permanent",
      reason: "no answer",
      attempts: 1,
      attemptsMax: 5,
      failedAt: "2017-01-14T18:02:00.000Z",
      retryAt: null,
      predictions: 0,
      dismissed: null,
    });
    const groups = groupFailures(lives.map(({ match }) => match));
    expect(answer.total).toBe(groups.reduce((sum, { count }) => sum + count, 0));
    for (const { category, count } of groups) expect(answer.byCategory[category]).toBe(count);
  });

  test("of one category, or of those that were dismissed", async () => {
    const { served } = await some();
    const permanent = await list(served, "?category=permanent");
    expect(permanent.failures.map(({ matchId }) => matchId)).toEqual(["pl-m2"]);
    expect(permanent).toMatchObject({ total: 1, byCategory: { transient: 2, permanent: 1 } });
    const dismissed = await list(served, "?dismissed=true");
    expect(dismissed.failures).toMatchObject([{ matchId: "pl-m4", dismissed: { by: "me", reason: "a friendly" } }]);
    expect(dismissed).toMatchObject({ total: 1, byCategory: { transient: 1 } });
    expect((await list(served, "?category=bug")).failures).toEqual([]);
  });

  test.each(["?category=odd", "?dismissed=maybe", "?cursor=AAAA", "?limit=1000"])("%s is refused", async (query) => {
    expect((await (await serve({ at: kickoff })).ask(`${path}${query}`)).status).toBe(400);
  });
});
