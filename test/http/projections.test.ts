import { describe, expect, test } from "vitest";
import { projectionsSchema, rebuildSchema } from "../../src/http/projections.ts";
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
    expect(rebuildSchema.parse(await response.json()).number).toBe(1);
    // A second wish while the first is under way is the same rebuild.
    expect(rebuildSchema.parse(await (await served.ask(rebuild, { method: "POST" })).json()).number).toBe(1);

    await served.node.readModel.rebuild();
    // Each wish is in the log, with who had it.
    expect(served.events("operator.requested")).toMatchObject([
      { actor: "operator:local", data: { order: { what: "projections.rebuild" } } },
      { actor: "operator:local" },
    ]);
    expect(await state(served)).toMatchObject({
      sequence: 3,
      rebuilding: null,
      lastRebuild: { number: 1, error: null },
    });
    expect(served.node.readModel.match("pl-a-b")?.fixture?.status).toBe("scheduled");
  });
});
