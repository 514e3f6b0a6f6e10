import { expect, onTestFinished, test } from "vitest";
import { liveNode } from "../support/live-node.ts";
import { startLlmServer } from "../support/llm-server.ts";
import { kickOffs, llmMembers } from "../wall/llm-support.ts";

test("20 matches at once, 42 language models, 5 s each: all have answered within 180 s", {
  timeout: 240_000,
}, async () => {
  const server = await startLlmServer();
  onTestFinished(() => server.stop());
  const environment = { FULLTIME_LLM_URL: server.url, FULLTIME_LLM_KEY: "key" };
  const node = liveNode({ policy: kickOffs.policy, panel: { members: llmMembers(42), environment } });
  onTestFinished(() => node.remove());
  await node.start();
  expect(await kickOffs.play(node, server, { matches: 20, latencyMs: 5000 })).toBeLessThan(180_000);
  expect(server.requests).toHaveLength(20 * 42);
  // The default concurrency of one address.
  expect(server.busiest).toBe(64);
});
