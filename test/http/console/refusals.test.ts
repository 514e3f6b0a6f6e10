import { describe, expect, test } from "vitest";
import { newToken, sha256Of } from "../../../src/http/access/token-hash.ts";
import { narrow, testBrowser, wide } from "../../support/browser.ts";
import { consoleNode } from "../../support/console-node.ts";
import { planted } from "../../support/console-season.ts";

const browser = testBrowser();
const token = newToken();
const access = { principals: [{ name: "otto", scope: "operate", token: sha256Of(token) }] } as const;

describe("what cannot be taken now is kept, to be sent again", () => {
  test.each([true, false])("for want of quota (scripts: %s)", async (javaScriptEnabled) => {
    const node = await consoleNode({ access: { quotas: { admin: { quota: 2, window: 600 } } } });
    const { page, violations } = await browser.visit({ url: node.url, javaScriptEnabled });
    for (let n = 0; n < 2; n += 1) await fetch(`${node.url}/api/admin/nothing`, { method: "POST" });
    await page.goto(`${node.url}/matches/${planted.unsettled}`);
    await page.getByLabel("Why (needed, kept in the log)").fill("abandoned at half-time");
    await page.getByRole("button", { name: "Dismiss this failure" }).click();
    if (javaScriptEnabled) await page.getByRole("dialog").getByRole("button", { name: "Dismiss this failure" }).click();
    await page.getByText(/It may be sent again in \d+ s/).waitFor();
    await page.getByText("abandoned at half-time").waitFor();
    if (javaScriptEnabled) expect(await violations()).toEqual([]);
    // Its quotas begin anew, and so do its forms.
    await node.restart();
    await page.getByRole("button", { name: "Send it again" }).click();
    await page.getByText("Nothing was done yet").waitFor();
    await page.getByRole("button", { name: "Send it again" }).click();
    await expect.poll(() => node.events("match.failure.dismissed").length).toBe(2);
    await page.getByText("abandoned at half-time").waitFor();
  });

  test("while NATS is away", async () => {
    const node = await consoleNode();
    const { page } = await browser.visit({ url: node.url, javaScriptEnabled: false });
    await page.goto(`${node.url}/matches/${planted.unsettled}`);
    await page.getByLabel("Why (needed, kept in the log)").fill("abandoned at half-time");
    node.connect(false);
    await page.getByRole("button", { name: "Dismiss this failure" }).click();
    await page.getByText("What you sent is kept below.").waitFor();
    node.connect(true);
    await page.getByRole("button", { name: "Send it again" }).click();
    await expect.poll(() => node.events("match.failure.dismissed").length).toBe(2);
    await page.getByText("abandoned at half-time").waitFor();
  });
});

describe("a path that nobody serves", () => {
  test.each([
    ["wide", { viewport: wide }],
    ["narrow, dark", { viewport: narrow, colorScheme: "dark" as const }],
  ])("is a page with a way back: %s", async (_, options) => {
    const node = await consoleNode();
    const visit = await browser.visit({ url: node.url, ...options });
    for (const path of ["/matchez", "/docs/nothing", "/matches/a/b/c"]) {
      const answer = await visit.page.goto(node.url + path);
      expect(answer?.status()).toBe(404);
      await visit.page.getByRole("heading", { name: "There is no such page" }).waitFor();
      expect([await visit.violations(), await visit.overflow(), visit.strangers]).toEqual([[], 0, []]);
    }
    await visit.page.getByRole("link", { name: "Back to Tonight" }).click();
    await visit.page.getByRole("heading", { name: "Tonight" }).waitFor();
  });

  test("is in the reader's session, with the sections and a sign-out that works; a stranger is told no more", async () => {
    const node = await consoleNode({ access });
    const { page } = await browser.visit({ url: node.url });
    await page.goto(`${node.url}/matchez?to=${token}`);
    await page.getByRole("heading", { name: "There is no such page" }).waitFor();
    expect(await page.content()).not.toContain(token);
    expect(await page.getByRole("navigation", { name: "Sections" }).count()).toBe(0);
    await page.goto(`${node.url}/sign-in`);
    await page.getByLabel("Token").fill(token);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { name: "Tonight" }).waitFor();
    await page.goto(`${node.url}/matchez`);
    await page.getByRole("navigation", { name: "Sections" }).waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByLabel("Token").waitFor();
  });

  test.each([
    ["/matchez", "*/*"],
    ["/matchez", "application/json"],
    ["/matchez", "application/json, text/html;q=0.5"],
    ["/matchez", "text/html;q=0"],
    ["/api/matchez", "text/html"],
    ["/api", "text/html"],
    ["/api/admin/matchez", "text/html"],
  ])("is a problem at %s for whoever accepts %s", async (path, accept) => {
    const { url } = await consoleNode();
    const answer = await fetch(url + path, { headers: { Accept: accept } });
    expect([answer.status, answer.headers.get("Content-Type")]).toEqual([404, "application/problem+json"]);
    expect(await answer.json()).toMatchObject({ status: 404, title: "Not Found" });
  });
});
