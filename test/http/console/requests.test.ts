import { describe, expect, test } from "vitest";
import { leads, narrow, testBrowser, wide } from "../../support/browser.ts";
import { type ConsoleNode, consoleNode } from "../../support/console-node.ts";
import { planted, plantedSeason, seasonNow } from "../../support/console-season.ts";
import { history, hour } from "../../support/history.ts";

const browser = testBrowser();

async function retried(node: ConsoleNode): Promise<string> {
  const response = await fetch(`${node.url}/api/admin/settlement/retry`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": "monday-1" },
    body: JSON.stringify({
      matchIds: [planted.unsettled, planted.settled, planted.ahead],
      reason: "the source is back",
    }),
  });
  return ((await response.json()) as { requestId: string }).requestId;
}

async function backfilled(node: ConsoleNode): Promise<string> {
  const response = await fetch(`${node.url}/api/admin/backfill`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ matchIds: [planted.missed] }),
  });
  return ((await response.json()) as { backfillId: string }).backfillId;
}

describe.each([
  ["wide, light", { viewport: wide, colorScheme: "light" as const }],
  ["narrow, dark", { viewport: narrow, colorScheme: "dark" as const }],
])("%s", (_, options) => {
  test("what came of a retry: accepted and left out, each by name, as the API tells it", async () => {
    const node = await consoleNode();
    const id = await retried(node);
    const { page, ...visit } = await browser.visit({ url: node.url, ...options });
    await page.goto(`${node.url}/requests/${id}`);
    await page.getByText("1 accepted, 1 already done, 1 not finished").waitFor();
    await page.getByText("1 match: already done").click();
    await page.getByRole("link", { name: planted.settled }).waitFor();
    const told = (await (await fetch(`${node.url}/api/admin/requests/${id}`)).json()) as { state: string; by: string };
    await page.getByText(told.state, { exact: true }).first().waitFor();
    await page.getByText("the source is back").waitFor();
    expect(await visit.violations()).toEqual([]);
    await page.goto(`${node.url}/requests/${id}/left-out`);
    await page.getByText("2 matches left out; here 1 to 2").waitFor();
    expect(await visit.violations()).toEqual([]);
    expect([visit.errors, visit.strangers, await visit.shift(), await visit.overflow()]).toEqual([[], [], 0, 0]);
  });
});

test("a backfill is cancelled in a dialog, which says what happens", async () => {
  const node = await consoleNode();
  const id = await backfilled(node);
  const { page, violations } = await browser.visit({ url: node.url });
  await page.goto(`${node.url}/requests/${id}`);
  await page.getByLabel("Reason").fill("wrong week");
  await page.getByRole("button", { name: "Cancel what has not begun" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("may be taken back").waitFor();
  expect(await violations()).toEqual([]);
  expect(node.events("operator.cancelled")).toEqual([]);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Cancel what has not begun" }).click();
  await dialog.getByRole("button", { name: "Cancel what has not begun" }).click();
  await page.getByText("Cancelled by").waitFor();
  expect(node.events("operator.cancelled")).toMatchObject([{ data: { principal: "local", reason: "wrong week" } }]);
});

test("without scripts a backfill is cancelled by its form alone", async () => {
  const node = await consoleNode();
  const id = await backfilled(node);
  const { page } = await browser.visit({ url: node.url, javaScriptEnabled: false });
  await page.goto(`${node.url}/requests/${id}`);
  await page.getByRole("button", { name: "Cancel what has not begun" }).click();
  await page.getByText("Cancelled by").waitFor();
  expect(node.events("operator.cancelled")).toHaveLength(1);
});

describe("a thousand matches were named, and all but one left out", () => {
  const strangers = Array.from({ length: 500 }, (_, n) => `pl-2016-17-a-rather-long-home-${n}-away-${n}`);
  const ended = Array.from({ length: 499 }, (_, n) => `pl-2016-17-done-${n}`);

  async function retriedMany(): Promise<{ node: ConsoleNode; id: string }> {
    const done = ended.map((id) =>
      history(id, seasonNow - 5 * hour)
        .scheduled({ kickoff: seasonNow - 3 * hour })
        .at(seasonNow - hour)
        .finished()
        .requested("settle")
        .settled(),
    );
    const node = await consoleNode({ lives: [...plantedSeason(), ...done] });
    const response = await fetch(`${node.url}/api/admin/settlement/retry`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Idempotency-Key": "monday-2" },
      body: JSON.stringify({ matchIds: [planted.unsettled, ...strangers, ...ended] }),
    });
    return { node, id: ((await response.json()) as { requestId: string }).requestId };
  }

  test("its page counts all, names the first of each reason, and stays small", async () => {
    const { node, id } = await retriedMany();
    const response = await fetch(`${node.url}/requests/${id}`);
    const html = await response.text();
    expect(html).toContain("1 accepted, 500 unknown, 499 already done");
    expect(html).toContain("and 480 more");
    expect(html).toContain("and 479 more");
    expect(Buffer.byteLength(html)).toBeLessThan(50_000);
  });

  test("the others are a link away, page after page, each match once with its reason", async () => {
    const { node, id } = await retriedMany();
    const { page, ...visit } = await browser.visit({ url: node.url, viewport: narrow, javaScriptEnabled: false });
    await page.goto(`${node.url}/requests/${id}`);
    await leads(page, () => page.getByRole("link", { name: "Each match that was left out, and why" }).click());
    const seen: string[] = [];
    for (;;) {
      expect(Buffer.byteLength(await page.content())).toBeLessThan(100_000);
      seen.push(...(await page.locator("tbody tr").allInnerTexts()));
      const next = page.getByRole("link", { name: "Next page" });
      if ((await next.count()) === 0) break;
      await leads(page, () => next.click());
    }
    const told = seen.map((row) => row.replace(/\s+/, " "));
    expect(told.toSorted()).toEqual(
      [...strangers.map((it) => `${it} unknown`), ...ended.map((it) => `${it} already done`)].toSorted(),
    );
    expect([visit.errors, visit.strangers, await visit.overflow()]).toEqual([[], [], 0]);
  });

  test("an address that counts from nowhere is refused; past the end there is nothing", async () => {
    const node = await consoleNode();
    const id = await retried(node);
    const refused = await fetch(`${node.url}/requests/${id}/left-out?from=-1`);
    expect([refused.status, (await refused.text()).includes("it counts matches, from 0")]).toEqual([400, true]);
    expect(await (await fetch(`${node.url}/requests/${id}/left-out?from=7`)).text()).toContain("No more matches");
    expect((await fetch(`${node.url}/requests/01ARZ3NDEKTSV4RRFFQ69G5FAV/left-out`)).status).toBe(404);
  });
});

test.each(["01ARZ3NDEKTSV4RRFFQ69G5FAV", "x", "%3Cscript%3E"])("there is no request %s: a page says so", async (id) => {
  const { url } = await consoleNode();
  const response = await fetch(`${url}/requests/${id}`);
  expect([response.status, response.headers.get("Content-Type")]).toEqual([404, "text/html; charset=UTF-8"]);
  expect(await response.text()).toContain("there is no such request");
});
