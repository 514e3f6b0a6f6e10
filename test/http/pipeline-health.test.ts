import { describe, expect, test } from "vitest";
import { pipelineHealthSchema } from "../../src/http/pipeline-health.ts";
import { watchedSpan } from "../../src/projections/gaps-at.ts";
import { day, history, hour, kickoff, minute } from "../support/history.ts";
import { type Served, serve } from "./support.ts";

const path = "/api/admin/pipeline-health";

async function health(served: Served, query = "") {
  const response = await served.ask(`${path}${query}`);
  expect(response.status).toBe(200);
  return pipelineHealthSchema.strict().parse(await response.json());
}

describe("GET /api/admin/pipeline-health", () => {
  test("has every gap, missed ones too, most urgent first, and counts them", async () => {
    const served = await serve({ at: kickoff - hour });
    await served.write(history("pl-critical").scheduled());
    await served.write(history("pl-warning").scheduled({ kickoff: kickoff + hour }));
    await served.write(history("pl-info").scheduled({ kickoff: kickoff + 4 * hour }));
    await served.write(history("pl-missed").scheduled({ kickoff: kickoff - 2 * hour }));
    const failed = history("pl-given-up")
      .scheduled({ kickoff: kickoff + 2 * hour })
      .at(kickoff - 2 * hour);
    await served.write(failed.requested("analyse").failed("analyse", { category: "permanent" }));
    const answer = await health(served);
    expect(answer.gaps.map(({ matchId, severity }) => `${matchId} ${severity}`)).toEqual([
      "pl-critical critical",
      "pl-warning warning",
      "pl-given-up warning",
      "pl-info info",
      "pl-missed missed",
    ]);
    expect(answer).toMatchObject({
      status: "degraded",
      coveragePercent: 0,
      summary: { critical: 1, warning: 2, info: 1, missed: 1 },
      failures: { total: 1, givenUp: 1, byStage: { analyse: 1, settle: 0 }, byCategory: { permanent: 1 } },
      generatedAt: new Date(kickoff - hour).toISOString(),
    });
    expect(answer.gaps[0]).toMatchObject({
      homeTeam: "A",
      awayTeam: "B",
      kickoffTime: "2017-01-14T15:00:00.000Z",
      hoursUntilKickoff: 1,
      missing: ["analyse", "predict"].slice(0, 1),
      nextAction: "will be asked for",
    });
  });

  test("is as the command has it, however many there are", async () => {
    const served = await serve({ at: kickoff });
    for (let i = 0; i < 300; i++) await served.write(history(`pl-m${i}`).scheduled({ kickoff: kickoff - hour }));
    const { gaps, summary, window } = await health(served);
    const span = watchedSpan(served.node.policy);
    expect(window).toMatchObject({
      watchMs: { analyse: 48 * hour, lineups: 12 * hour, predict: 12 * hour, settle: 7 * day },
    });
    expect(gaps).toEqual(served.node.readModel.gaps(kickoff, span.ahead, span.back, served.node.policy));
    expect(gaps).toHaveLength(300);
    expect(summary.missed).toBe(300);
  });

  test("tells of another instant from the log alone", async () => {
    const served = await serve({ at: kickoff - hour });
    const life = history("pl-a-b").scheduled();
    await served.write(life);
    const then = await health(served);
    expect(then.gaps).toHaveLength(1);
    life.at(kickoff - 30 * minute).requested("analyse");
    await served.write(life.analysed());
    served.jump(kickoff - 29 * minute);
    const at = new Date(kickoff - hour).toISOString();
    expect(await health(served, `?at=${at}`)).toEqual(then);
    expect((await health(served, `?at=${new Date(kickoff - 3 * day).toISOString()}`)).gaps).toEqual([]);
    expect((await served.ask(`${path}?at=then`)).status).toBe(400);
  });

  test("of two who ask for other instants at once, one is told to come back", async () => {
    const served = await serve({ at: kickoff });
    await served.write(history("pl-a-b").scheduled());
    const asked = await Promise.all([1, 2].map(() => served.ask(`${path}?at=2017-01-14`)));
    expect(asked.map(({ status }) => status)).toEqual([200, 503]);
    expect((await served.ask(`${path}?at=2017-01-14`)).status).toBe(200);
  });

  test("is unhealthy while NATS is away, and then knows of no other instant", async () => {
    const served = await serve({ at: kickoff - 2 * day });
    served.connect(false);
    expect((await health(served)).status).toBe("unhealthy");
    expect((await served.ask(`${path}?at=2017-01-14`)).status).toBe(503);
  });
});
