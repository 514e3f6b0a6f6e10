import { describe, expect, test } from "vitest";
import { retrySchema } from "../../src/http/calls/retry.ts";
import { missed, unsettled } from "../support/ended-lives.ts";
import { settled } from "../support/node.ts";
import { ahead, desk, settledLife } from "./calls/lives.ts";

const [failed, other, done, open, future] = [
  "pl-2016-17-a-b",
  "pl-2016-17-c-d",
  "pl-2016-17-e-f",
  "pl-2016-17-g-h",
  "pl-2016-17-i-j",
];
const scene = () => desk([unsettled(failed), unsettled(other), settledLife(done), missed(open), ahead(future)]);

describe.each(["/settlement-failures", "/settlement/retry"])("POST /api/admin%s", (path) => {
  test("a failed one: 202, and one request fact that leads to the outcome", async () => {
    const it = await scene();
    const response = await it.send("POST", path, { matchIds: [failed], reason: "mended" });
    expect(response.status).toBe(202);
    const answer = retrySchema.parse(await response.json());
    expect(answer).toMatchObject({ requested: 1, skipped: [], plan: { matches: [failed], total: 1 } });
    await settled();
    const facts = it.events("match.retry.requested");
    expect(facts).toMatchObject([
      {
        actor: "operator:local",
        causationId: answer.requestId,
        data: { by: "local", reason: "mended", stages: ["settle"] },
      },
    ]);
    const [call] = it.events("operator.requested");
    expect(call).toMatchObject({ id: answer.requestId, data: { principal: "local", order: { matchIds: [failed] } } });
    expect(call?.sequence).toBeLessThan(facts[0]?.sequence ?? 0);
  });

  test.each([
    ["nothing named", {}, 400, "say which"],
    ["an unknown field", { matches: [failed] }, 400, "unknown field"],
    ["no id", { matchIds: ["No Id"] }, 400, "matchIds"],
    ["an unknown category", { category: "oops" }, 400, "category"],
    ["all and some", { all: true, category: "bug" }, 400, "all excludes"],
    ["an unknown match", { matchIds: ["pl-2016-17-no-where"] }, 404, "pl-2016-17-no-where"],
    ["one that has not ended", { matchIds: [future] }, 409, "scheduled"],
    ["one whose settlement is about to be asked for", { matchIds: [open] }, 409, "in flight"],
  ])("%s: %o is %i", async (_, body, status, text) => {
    const it = await scene();
    const before = it.server.messages.length;
    const response = await it.send("POST", path, body);
    expect(response.status).toBe(status);
    expect(response.headers.get("Content-Type")).toBe("application/problem+json");
    expect(((await response.json()) as { detail: string }).detail).toContain(text);
    expect(it.server.messages).toHaveLength(before);
  });

  test("one that is settled: 200 already-done, and no new fact", async () => {
    const it = await scene();
    const before = it.server.messages.length;
    const response = await it.send("POST", path, { matchIds: [done] });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ result: "already-done", requestId: null, requested: 0 });
    await settled();
    expect(it.server.messages).toHaveLength(before);
  });

  test("several: 202 whatever they are, and each that is left out says why", async () => {
    const it = await scene();
    const response = await it.send("POST", path, { matchIds: [failed, done, future, "pl-2016-17-no-where"] });
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({
      requested: 1,
      skipped: [
        { matchId: done, why: "already done" },
        { matchId: future, why: "not finished" },
        { matchId: "pl-2016-17-no-where", why: "unknown" },
      ],
      skippedTotal: 3,
    });
  });

  test("a category takes its failures alone; all takes all that nobody dismissed", async () => {
    const it = await scene();
    expect(await (await it.send("POST", path, { category: "bug" })).json()).toMatchObject({
      requestId: null,
      requested: 0,
    });
    await it.send("DELETE", `/settlement-failures/${other}`, { reason: "known" });
    expect(await (await it.send("POST", path, { all: true })).json()).toMatchObject({
      requested: 1,
      plan: { matches: [failed] },
    });
  });

  test("a dry run shows the plan and writes nothing; a stale plan is refused with what differs", async () => {
    const it = await scene();
    const before = it.server.messages.length;
    const dry = await it.send("POST", path, { all: true, dryRun: true });
    expect(dry.status).toBe(200);
    const { plan, requestId } = retrySchema.parse(await dry.json());
    expect([requestId, [...plan.matches].sort()]).toEqual([null, [failed, other]]);
    expect(it.server.messages).toHaveLength(before);

    await it.write(unsettled("pl-2016-17-k-l"));
    const stale = await it.send("POST", path, { all: true, planHash: plan.planHash });
    expect(stale.status).toBe(409);
    expect(await stale.json()).toMatchObject({
      status: 409,
      planHash: expect.stringMatching(/^[0-9a-f]{16}$/),
      differences: ["pl-2016-17-k-l: new in it"],
      differencesTotal: 1,
    });
    expect(it.events("operator.requested")).toEqual([]);
    const again = retrySchema.parse(await (await it.send("POST", path, { all: true, dryRun: true })).json());
    expect((await it.send("POST", path, { all: true, planHash: again.plan.planHash })).status).toBe(202);
  });
});

test("no NATS: 503, and nothing is asked for", async () => {
  const it = await scene();
  it.connect(false);
  const response = await it.send("POST", "/settlement/retry", { matchIds: [failed] });
  expect(response.status).toBe(503);
  expect(it.events("operator.requested")).toEqual([]);
});
