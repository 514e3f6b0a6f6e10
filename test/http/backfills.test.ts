import { describe, expect, test } from "vitest";
import { backfillSchema } from "../../src/http/calls/backfill.ts";
import { settled } from "../support/node.ts";
import { ahead, desk } from "./calls/lives.ts";
import { missed } from "../support/ended-lives.ts";

const [one, other, future] = ["pl-2016-17-a-b", "pl-2016-17-c-d", "pl-2016-17-e-f"];
const scene = () => desk([missed(one), missed(other), ahead(future)]);

describe("POST /api/admin/backfill", () => {
  test("asks for what the last days lack, and tells how it goes", async () => {
    const it = await scene();
    const response = await it.send("POST", "/backfill", { reason: "outage" });
    expect(response.status).toBe(202);
    const { backfillId, requested, plan } = backfillSchema.parse(await response.json());
    expect([requested, plan.total, plan.analyses]).toEqual([2, 2, 2]);
    expect(response.headers.get("Location")).toBe(`/api/admin/backfill/${backfillId}`);
    await settled();
    expect(it.events("match.retro.requested").map(({ causationId }) => causationId)).toEqual([backfillId, backfillId]);
    const progress = await it.ask(`/api/admin/backfill/${backfillId}`);
    expect(await progress.json()).toMatchObject({
      id: backfillId,
      what: "backfill",
      by: "local",
      reason: "outage",
      state: "running",
      total: 2,
      running: 2,
    });
    const matches = await it.ask(`/api/admin/backfill/${backfillId}/matches?limit=1`);
    expect(await matches.json()).toMatchObject({ matches: [{ matchId: one, state: "running" }], nextCursor: one });
    expect(await (await it.ask("/api/admin/backfill")).json()).toMatchObject({
      requests: [{ id: backfillId }],
      nextCursor: null,
    });
  });

  test("a dry run is the plan of the command line, with its hash; nothing is written", async () => {
    const it = await scene();
    const before = it.server.messages.length;
    const dry = await it.send("POST", "/backfill", { days: 7, dryRun: true });
    expect(dry.status).toBe(200);
    const { plan, backfillId } = backfillSchema.parse(await dry.json());
    expect(backfillId).toBeNull();
    expect(plan.matches).toEqual([
      { matchId: one, stages: ["analyse", "predict", "settle"], modelCalls: 3 },
      { matchId: other, stages: ["analyse", "predict", "settle"], modelCalls: 3 },
    ]);
    expect(it.server.messages).toHaveLength(before);

    const life = missed("pl-2016-17-g-h");
    await it.write(life);
    const stale = await it.send("POST", "/backfill", { days: 7, planHash: plan.planHash });
    expect(stale.status).toBe(409);
    const { differences } = (await stale.json()) as { differences: string[] };
    expect(differences.join()).toContain("pl-2016-17-g-h: was not in it");
    expect(it.events("operator.requested")).toEqual([]);
  });

  test("named matches on which nothing can be run say why", async () => {
    const it = await scene();
    const response = await it.send("POST", "/backfill", { matchIds: [future, "pl-2016-17-no-where"] });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      backfillId: null,
      requested: 0,
      skipped: [
        { matchId: "pl-2016-17-no-where", why: "there is no such match" },
        { matchId: future, why: expect.stringContaining("it has not begun") },
      ],
    });
  });

  test.each([
    [{ days: 0 }, "days"],
    [{ days: 31 }, "days"],
    [{ days: 7, matchIds: [one] }, "exclude"],
    [{ stages: ["lineups"] }, "stages"],
    [{ day: 7 }, "day"],
  ])("%o is 400", async (body, text) => {
    const it = await scene();
    const response = await it.send("POST", "/backfill", body);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { detail: string }).detail).toContain(text);
  });
});

describe("DELETE /api/admin/backfill/:id", () => {
  test("takes back what has not begun", async () => {
    const it = await scene();
    const { backfillId } = backfillSchema.parse(await (await it.send("POST", "/backfill", {})).json());
    await settled();
    const cancelled = await it.send("DELETE", `/backfill/${backfillId}`, { reason: "wrong week" });
    expect(cancelled.status).toBe(202);
    await settled();
    expect(it.events("match.retro.cancelled")).toMatchObject([
      { actor: "operator:local", data: { reason: "wrong week" } },
      { actor: "operator:local" },
    ]);
    expect(await (await it.ask(`/api/admin/backfill/${backfillId}`)).json()).toMatchObject({
      state: "cancelled",
      cancelled: 2,
      running: 0,
      cancelledBy: "local",
    });
    expect((await it.send("DELETE", `/backfill/${backfillId}`)).status).toBe(200);
  });

  test("unknown: 404; no id: 400", async () => {
    const it = await scene();
    expect((await it.send("DELETE", "/backfill/01ARZ3NDEKTSV4RRFFQ69G5FAV")).status).toBe(404);
    expect((await it.send("DELETE", "/backfill/x")).status).toBe(400);
    expect((await it.ask("/api/admin/backfill/01ARZ3NDEKTSV4RRFFQ69G5FAV")).status).toBe(404);
  });
});
