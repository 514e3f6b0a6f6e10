import { describe, expect, test } from "vitest";
import { eventsSchema } from "../../src/http/match-events.ts";
import { matchSchema } from "../../src/http/match-schema.ts";
import { day, history, hour, kickoff, minute, tip } from "../support/history.ts";
import { type Served, serve } from "./support.ts";

const path = "/api/matches/pl-2016-17-a-b";

async function match(served: Served) {
  const response = await served.ask(path);
  expect(response.status).toBe(200);
  return matchSchema.strict().parse(await response.json());
}

/** Two of three models in time and one late, then the result and its settlement. */
function life() {
  return history()
    .scheduled()
    .at(kickoff - 6 * hour + minute)
    .requested("analyse")
    .analysed()
    .at(kickoff - 30 * minute)
    .requested("predict")
    .predicted([tip("elo", 2, 1), tip("poisson", 0, 0)])
    .predicted([tip("elo", 5, 5)])
    .at(kickoff + minute)
    .predicted([tip("pi", 1, 0)])
    .at(kickoff + 2 * hour)
    .finished(2, 1)
    .requested("settle")
    .settled();
}

describe("GET /api/matches/:id", () => {
  test("has the stages with how late they were, and every answer with whether it counts and its points", async () => {
    const served = await serve({ at: kickoff });
    await served.write(life());
    const answer = await match(served);
    expect(answer.fixture).toMatchObject({
      status: "finished",
      home: { name: "A" },
      kickoff: "2017-01-14T15:00:00.000Z",
    });
    expect(answer.stages.find(({ stage }) => stage === "analyse")).toEqual({
      stage: "analyse",
      round: 1,
      due: "2017-01-14T09:00:00.000Z",
      doneAt: "2017-01-14T09:01:00.000Z",
      lateSeconds: 60,
      state: "done",
      attempts: 0,
    });
    expect(answer.answers.map(({ model, counts, points }) => [model, counts, points])).toEqual([
      ["elo", true, 7],
      ["poisson", true, 0],
      ["elo", "duplicate", null],
      ["pi", "late", null],
    ]);
    expect(answer.result).toMatchObject({ revision: 1, score: { regular: { home: 2, away: 1 } } });
    expect(answer.settlement).toMatchObject({ void: null, quotasFrom: "live" });
    expect(answer).toMatchObject({ failures: [], requests: [], retro: null, gap: null, stale: false });
  });

  test("has the request that is open, the failure that waits, and the gap that was raised", async () => {
    const served = await serve({ at: kickoff });
    const open = history()
      .scheduled()
      .at(kickoff - 6 * hour)
      .requested("analyse")
      .failed("analyse", { category: "transient" });
    open
      .requested("lineups")
      .at(kickoff - hour)
      .dispatch(({ kind }) => kind === "gap-raised");
    await served.write(open);
    expect(await match(served)).toMatchObject({
      requests: [{ stage: "lineups", attempt: 1, reason: "due" }],
      failures: [{ stage: "analyse", category: "transient", attempt: 1, of: 5, dismissed: null }],
      gap: { severity: "critical", stage: "analyse" },
      result: null,
      settlement: null,
    });
  });

  test.each([
    ["/api/matches/nobody-knows", 404],
    ["/api/matches/nobody-knows/events", 404],
    ["/api/matches/No%20Match", 400],
    ["/api/matches/retro/events", 400],
  ])("%s: %i", async (path, status) => {
    const response = await (await serve({ at: kickoff })).ask(path);
    expect(response.status).toBe(status);
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
  });
});

describe("GET /api/matches/:id/events", () => {
  const events = async (served: Served, query = "") =>
    eventsSchema.strict().parse(await (await served.ask(`${path}/events${query}`)).json());

  test("has every message with its cause, page by page", async () => {
    const served = await serve({ at: kickoff });
    await served.write(history("pl-other").scheduled());
    const written = life();
    await served.write(written);
    const all = await events(served);
    expect(all.nextAfter).toBeNull();
    expect(all.events).toHaveLength(written.events.length);
    expect(all.events[2]).toMatchObject({
      sequence: 4,
      subject: "match.pl-2016-17-a-b.analysed",
      type: "match.analysed",
      time: "2017-01-14T09:01:00.000Z",
      actor: "pipeline:test",
      causationId: written.events[1]?.id,
      cause: 3,
      lateMs: minute,
      data: { round: 1 },
    });
    const paged = [];
    for (let after: number | null = 0; after !== null; ) {
      const page = await events(served, `?limit=3&after=${after}`);
      paged.push(...page.events);
      after = page.nextAfter;
    }
    expect(paged).toEqual(all.events);
    expect((await events(served, "?after=999")).events).toEqual([]);
  });

  test("tells what cannot be read, and an answer stands until something new is there", async () => {
    const served = await serve({ at: kickoff });
    await served.write(history().scheduled());
    served.server.publish("match.pl-2016-17-a-b.unheard-of", new TextEncoder().encode("no JSON"));
    const response = await served.ask(`${path}/events`);
    const { events: told } = eventsSchema.parse(await response.json());
    expect(told[1]).toMatchObject({ sequence: 2, undecodable: { code: "not-json" }, body: "no JSON" });
    const known = { headers: { "If-None-Match": response.headers.get("ETag") ?? "" } };
    expect((await served.ask(`${path}/events`, known)).status).toBe(304);
    served.server.publish("match.pl-2016-17-a-b.unheard-of", new TextEncoder().encode("again"));
    expect((await served.ask(`${path}/events`, known)).status).toBe(200);
  });

  test("is a problem while NATS is away", async () => {
    const served = await serve({ at: kickoff - 2 * day });
    await served.write(history().scheduled());
    served.connect(false);
    const response = await served.ask(`${path}/events`);
    expect(response.status).toBe(503);
    expect(response.headers.get("Retry-After")).toBe("5");
    expect((await served.ask(path)).status).toBe(200);
  });
});

describe("what operators and letters wrote", () => {
  const token = "a-token-of-enough-letters";
  const secrets = ["anna", "berta", "closed doors", "say so", "please retro", "no such stage"];

  function written() {
    const life = history()
      .scheduled()
      .at(kickoff - 6 * hour)
      .requested("analyse")
      .analysed()
      .at(kickoff + 2 * hour)
      .finished()
      .requested("settle")
      .failed("settle", { category: "bug" })
      .event(
        "match.failure.dismissed",
        { stage: "settle", by: "anna", reason: "closed doors" },
        { actor: "operator:anna" },
      )
      .event(
        "match.request.rejected",
        { request: "please retro", letter: 9, reasons: [{ code: "unknown-stage", text: "no such stage" }] },
        { actor: "unattested:berta" },
      )
      .event("match.request.noop", { request: "please retro", letter: 10, doneBy: 3 }, { actor: "unattested:berta" });
    return life;
  }

  async function given(adminToken: string | null) {
    const served = await serve({ at: kickoff + 3 * hour, adminToken });
    await served.write(written());
    served.server.publish("match.pl-2016-17-a-b.unheard-of", new TextEncoder().encode("say so, anna"));
    await served.node.readModel.reached(served.server.messages.length);
    return served;
  }

  test("is kept back from who shows no token, where there are tokens", async () => {
    const served = await given(token);
    for (const url of [path, `${path}/events`]) {
      const response = await served.ask(url);
      const body = await response.text();
      for (const secret of secrets) expect(body).not.toContain(secret);
      const known = {
        headers: { Authorization: `Bearer ${token}`, "If-None-Match": response.headers.get("ETag") ?? "" },
      };
      // Another answer, with a tag of its own.
      expect((await served.ask(url, known)).status).toBe(200);
    }
    const { failures } = await match(served);
    expect(failures).toMatchObject([{ dismissed: { by: "operator", reason: null } }]);
    const { events } = eventsSchema.parse(await (await served.ask(`${path}/events`)).json());
    expect(events.slice(-4)).toMatchObject([
      { actor: "operator", data: { stage: "settle", by: "operator", reason: null } },
      { actor: "operator", data: { request: null, reasons: [{ code: "unknown-stage", text: null }] } },
      { actor: "operator", data: { request: null, doneBy: 3 } },
      { undecodable: { code: "not-json", text: null }, body: null },
    ]);
    expect(events[0]).toMatchObject({ actor: "pipeline:test" });
  });

  test.each([
    ["who shows one", token, { Authorization: `Bearer ${token}` }],
    ["everybody where there are none", null, {}],
  ])("is told to %s", async (_, adminToken, headers: Record<string, string>) => {
    const served = await given(adminToken);
    const body = await (await served.ask(`${path}/events`, { headers })).text();
    for (const secret of secrets) expect(body).toContain(secret);
    const one = await served.ask(path, { headers });
    expect(matchSchema.parse(await one.json()).failures).toMatchObject([
      { dismissed: { by: "anna", reason: "closed doors" } },
    ]);
    expect(one.headers.get("Cache-Control")).toBe(adminToken === null ? "no-cache" : "private, no-cache");
  });
});
