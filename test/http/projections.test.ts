import { describe, expect, test } from "vitest";
import { rebuildSchema } from "../../src/http/calls/rebuild.ts";
import { projectionsSchema } from "../../src/http/projections.ts";
import { history, kickoff } from "../support/history.ts";
import { type Served, serve } from "./support.ts";

const rebuild = "/api/admin/projections/rebuild";
const projections = "/api/admin/projections";

async function state(served: Served) {
  return projectionsSchema.parse(await (await served.ask(projections)).json());
}

describe("POST /api/admin/projections/rebuild", () => {
  test("answers 202, rebuilds, and tells how it ended", async () => {
    const served = await serve({ at: kickoff });
    await served.write(history("pl-a-b").scheduled());
    expect(await state(served)).toMatchObject({ state: "following", sequence: 1, rebuilding: null, lastRebuild: null });

    const response = await served.ask(rebuild, { method: "POST" });
    expect(response.status).toBe(202);
    expect(response.headers.get("Location")).toBe(projections);
    const first = rebuildSchema.parse(await response.json()).requestId;
    // A second wish while the first is under way is the same rebuild.
    const second = rebuildSchema.parse(await (await served.ask(rebuild, { method: "POST" })).json()).requestId;
    const ended = new Promise<void>((resolve) => {
      const look = () => served.node.readModel.call(second)?.applied != null && resolve();
      served.node.readModel.onAdvance(look);
    });
    await served.node.readModel.rebuild();
    await ended;
    // Each wish is in the log, with who had it.
    expect(served.events("operator.requested")).toMatchObject([
      { actor: "operator:local", data: { order: { what: "projections.rebuild" } } },
      { actor: "operator:local" },
    ]);
    expect(await state(served)).toMatchObject({
      rebuilding: null,
      lastRebuild: { error: null, requestIds: expect.arrayContaining([first]) },
    });
    const progress = await served.ask(`/api/admin/requests/${first}`);
    expect(await progress.json()).toMatchObject({ what: "projections.rebuild", state: "done" });
    expect(served.node.readModel.match("pl-a-b")?.fixture?.status).toBe("scheduled");
  });

  test("a wish that died with its node is made good by the next start", async () => {
    const before = await serve({ at: kickoff });
    await before.write(history("pl-a-b").scheduled());
    // The node dies while it rebuilds.
    before.node.readModel.rebuild = () => new Promise(() => {});
    const { requestId } = rebuildSchema.parse(await (await before.ask(rebuild, { method: "POST" })).json());
    expect(await (await before.ask(`/api/admin/requests/${requestId}`)).json()).toMatchObject({ state: "running" });

    const after = await serve({ at: kickoff, server: before.server });
    await new Promise<void>((resolve) => {
      const look = () => after.node.readModel.call(requestId)?.applied != null && resolve();
      after.node.readModel.onAdvance(look);
      look();
    });
    expect(await state(after)).toMatchObject({ lastRebuild: { requestIds: [requestId], error: null } });
  });

  test("a body that cannot be read begins nothing", async () => {
    const served = await serve({ at: kickoff });
    const headers = { "Content-Type": "application/json" };
    for (const body of ["{", '{"rebuild":true}']) {
      expect((await served.ask(rebuild, { method: "POST", headers, body })).status).toBe(400);
    }
    expect(served.events("operator.requested")).toEqual([]);
  });
});
