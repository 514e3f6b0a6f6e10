import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { startFulltime } from "../support/node-process.ts";
import { tempDir } from "../support/temp.ts";

const oracle = { name: "oracle", family: "llm", model: "vendor/oracle", url: "http://127.0.0.1:9/v1" };

async function config(members: object[], environment: Record<string, string> = {}) {
  const dir = tempDir();
  const file = join(dir, "panel.json");
  writeFileSync(file, JSON.stringify({ members }));
  return startFulltime(dir, ["config", "--json"], { ...environment, FULLTIME_PANEL: file }).ended;
}

test("a bad panel file is exit 2, naming member and field", async () => {
  const bad = [
    { ...oracle, concurrency: "many" },
    { name: "elo", family: "elo", params: { kay: 1 } },
  ];
  const run = await config(bad);
  expect(run).toMatchObject({ code: 2, stdout: "" });
  expect(run.stderr).toContain('member oracle: concurrency "many": ');
  expect(run.stderr).toContain('member elo: params {"kay":1}: family elo has no parameter "kay"');
});

test("a panel's keys are shown by nobody", async () => {
  const keys = { FULLTIME_LLM_KEY: "canary-shared", OWN_KEY: "canary-own" };
  const run = await config([oracle, { ...oracle, name: "other", keyEnv: "OWN_KEY" }], keys);
  expect(run.code).toBe(0);
  expect(run.stdout).toContain('"OWN_KEY"');
  expect(run.stdout + run.stderr).not.toContain("canary");
});
