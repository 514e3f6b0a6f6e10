import { afterAll, expect, onTestFinished, test } from "vitest";
import { testBrowser } from "../../support/browser.ts";
import { liveNode } from "../../support/live-node.ts";
import { serverPid } from "../../support/node-process.ts";

/** The other suites of the console stand on a log in memory. This one walks it on a whole node, its own nats-server included. */
const browser = testBrowser();
const node = liveNode();
afterAll(() => node.remove());
const second = 1000;

test("on a whole node every section is a page, and a backfill that is asked for there ends in a settlement", async () => {
  const { url } = await node.start();
  if (url === null) throw new Error("this node serves no console");
  const id = node.source.add("ended", -3 * second);
  await node.facts.first(10 * second, id, "match.failed", ({ data }) => data.category === "missed");
  node.source.finish(id, 1, 1);
  const before = await node.facts.first(10 * second, id, "match.settled");
  const visit = await browser.visit({ url });
  const { page } = visit;
  await page.goto(url);
  for (const name of ["Matches", "Gaps", "Failures", "Backfills", "Models", "System", "Tonight"]) {
    await page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name }).click();
    await page.getByRole("heading", { level: 1, name }).waitFor();
    expect([name, await visit.violations(), await visit.overflow()]).toEqual([name, [], 0]);
  }

  await page.goto(`${url}/matches/${id}`);
  await page.getByRole("link", { name: "Backfill what it lacks" }).click();
  await page.getByLabel("Reason").fill("the source was away");
  await page.getByRole("button", { name: "Backfill 1 match" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Backfill 1 match" }).click();
  await page.getByText("1 accepted").waitFor();
  const after = await node.facts.first(10 * second, id, "match.settled", (it) => it.sequence > before.sequence);
  expect(after.data.void).toBeNull();
  await page.goto(`${url}/matches/${id}`);
  await page.getByText("the source was away").first().waitFor();
  // The line that is offered to be copied names the stream this server has.
  await page.getByText(`match.${id}.`).first().waitFor();
  expect([visit.errors, visit.strangers]).toEqual([[], []]);
});

test("while its nats-server hangs an open page says so within seconds, and goes on when it answers again", async () => {
  const { url } = node.app();
  if (url === null) throw new Error("this node serves no console");
  const { page } = await browser.visit({ url });
  const followed = page.waitForResponse((response) => response.url().includes("/api/changes"));
  await page.goto(url);
  await followed;
  const pid = serverPid(node.dataDir);
  if (pid === null) throw new Error("no server runs");
  process.kill(pid, "SIGSTOP");
  onTestFinished(() => void process.kill(pid, "SIGCONT"));
  await page.getByText("NATS does not answer", { exact: true }).waitFor();
  await page.getByText("This node is unhealthy").waitFor();
  process.kill(pid, "SIGCONT");
  await page.getByText("NATS does not answer", { exact: true }).waitFor({ state: "detached" });
  await page.getByText("This node is unhealthy").waitFor({ state: "detached" });
});
