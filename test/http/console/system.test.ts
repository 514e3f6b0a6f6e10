import { describe, expect, test } from "vitest";
import { newToken, sha256Of } from "../../../src/http/access/token-hash.ts";
import { narrow, testBrowser, wide } from "../../support/browser.ts";
import { consoleNode } from "../../support/console-node.ts";

const browser = testBrowser();
const tokens = { adminToken: "an-admin-token-of-32-characters-x" };

describe.each([
  ["wide, light", { viewport: wide, colorScheme: "light" as const }],
  ["narrow, dark", { viewport: narrow, colorScheme: "dark" as const }],
])("%s", (_, options) => {
  test("what the node stands on is the API's, and the page has no fault", async () => {
    const node = await consoleNode();
    const { page, ...visit } = await browser.visit({ url: node.url, ...options });
    await page.goto(`${node.url}/system`);
    const told = (await (await fetch(`${node.url}/api/admin/system`)).json()) as {
      version: string;
      eventCounts: Record<string, number>;
    };
    await page.getByText(told.version, { exact: true }).waitFor();
    const events = Object.values(told.eventCounts).reduce((sum, n) => sum + n, 0);
    await page.getByText(events.toLocaleString("en-GB"), { exact: true }).first().waitFor();
    await page.getByText("61.5 %").waitFor();
    await page.getByText("following", { exact: true }).waitFor();
    expect(await visit.violations()).toEqual([]);
    expect([visit.errors, visit.strangers, await visit.shift(), await visit.overflow()]).toEqual([[], [], 0, 0]);
  });
});

test("a rebuild is asked for in a dialog, kept in the log with its reason, and seen to its end", async () => {
  const node = await consoleNode();
  const { page } = await browser.visit({ url: node.url });
  await page.goto(`${node.url}/system`);
  await page.getByLabel("Reason").fill("doubtful figures");
  await page.getByRole("button", { name: "Make the read model anew" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Make the read model anew" }).click();
  await page.getByRole("heading", { name: "Rebuild of the read model" }).waitFor();
  await page.getByText("doubtful figures").waitFor();
  expect(node.events("operator.requested")).toMatchObject([{ data: { order: { what: "projections.rebuild" } } }]);
  await page.goto(`${node.url}/system`);
  await page.getByText("The last rebuild that somebody asked for ended").waitFor();
});

test("NATS away is said, and the page still comes", async () => {
  const node = await consoleNode();
  node.connect(false);
  const { page } = await browser.visit({ url: node.url });
  await page.goto(`${node.url}/system`);
  await page.getByText("nats-unreachable").waitFor();
  await page.getByText("away", { exact: true }).waitFor();
});

test("who may only operate is offered no rebuild, and a forged one is refused", async () => {
  const token = newToken();
  const node = await consoleNode({
    ...tokens,
    access: { principals: [{ name: "olga", scope: "operate", token: sha256Of(token) }] },
  });
  const headers = { Authorization: `Bearer ${token}` };
  const text = await (await fetch(`${node.url}/system`, { headers })).text();
  expect(text).toContain("Configuration in force");
  expect(text).not.toContain("Make the read model anew");
  const refused = await fetch(`${node.url}/system/rebuild`, {
    method: "POST",
    headers: { ...headers, "Content-Type": "application/x-www-form-urlencoded" },
    body: "",
  });
  expect(refused.status).toBe(403);
  expect(node.events("operator.requested")).toEqual([]);
});
