import { describe, expect, test } from "vitest";
import { narrow, testBrowser, wide } from "../../support/browser.ts";
import { consoleNode } from "../../support/console-node.ts";
import { seasonNow } from "../../support/console-season.ts";
import { failedModel, history, hour, minute, tip } from "../../support/history.ts";

const browser = testBrowser();

interface Table {
  panel: { model: string; n: number; points: number; rps: number | null }[];
}

describe.each([
  ["wide, light", { viewport: wide, colorScheme: "light" as const }],
  ["narrow, dark", { viewport: narrow, colorScheme: "dark" as const }],
])("%s", (_, options) => {
  test("the table is the API's, and a model's record opens from its name", async () => {
    const node = await consoleNode();
    const { page, ...visit } = await browser.visit({ url: node.url, ...options });
    await page.goto(`${node.url}/models`);
    const { panel } = (await (await fetch(`${node.url}/api/models`)).json()) as Table;
    const rows = await page
      .getByRole("region", { name: /^The panel: / })
      .locator("tbody tr")
      .allInnerTexts();
    expect(panel.length).toBeGreaterThan(1);
    expect(rows.map((row) => row.split(/\s+/)[0])).toEqual(panel.map(({ model }) => model));
    for (const [i, { points, rps }] of panel.entries()) {
      expect(rows[i]).toContain(String(points));
      if (rps !== null) expect(rows[i]).toContain(rps.toFixed(4));
    }
    const table = page.getByRole("region", { name: /^The panel: / });
    const hidden = await table.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth);
    if (options.viewport === wide) expect(hidden).toBe(0);
    await page.getByRole("link", { name: "elo", exact: true }).click();
    await page.getByRole("heading", { name: "elo", exact: true }).waitFor();
    await page.getByText("2017-01", { exact: true }).waitFor();
    expect(await visit.violations()).toEqual([]);
    expect([visit.errors, visit.strangers, await visit.shift(), await visit.overflow()]).toEqual([[], [], 0, 0]);
  });
});

test("what a model has cost keeps the digits that say something", async () => {
  const life = history("pl-2016-17-a-b", seasonNow - 60 * hour)
    .scheduled({ kickoff: seasonNow - 4 * hour })
    .at(seasonNow - 10 * hour)
    .requested("analyse")
    .after(minute)
    .analysed()
    .at(seasonNow - 4.5 * hour)
    .requested("predict")
    .after(minute)
    .predicted([{ ...tip("elo"), cost: 0.001234 }, tip("poisson"), failedModel("pi", "permanent")])
    .at(seasonNow - 2 * hour)
    .finished()
    .requested("settle")
    .after(minute)
    .settled();
  const { url } = await consoleNode({ lives: [life] });
  expect(await (await fetch(`${url}/models`)).text()).toContain(`<td class="numeric">0.001234</td>`);
});

test("of a record of 25 years the page shows the last fifteen, says so, and stays small", async () => {
  const lives = Array.from({ length: 300 }, (_, i) => {
    const at = Date.UTC(1992, i, 15, 15);
    return history(`pl-${i}-a-b`, at - 48 * hour)
      .scheduled({ kickoff: at })
      .at(at - 6 * hour)
      .requested("analyse")
      .analysed()
      .at(at - hour / 2)
      .requested("predict")
      .predicted()
      .at(at + 2 * hour)
      .finished()
      .requested("settle")
      .settled();
  });
  const { url } = await consoleNode({ lives });
  const html = await (await fetch(`${url}/models?model=elo&against=pi`)).text();
  expect(html).toContain("By month: the last 180 of 300");
  expect(html).toContain(">2016-12<");
  expect(html).not.toContain(">2001-12<");
  expect(html).toContain("over 300 matches that both answered");
  expect(html.length).toBeLessThan(100_000);
});

test("two models are compared from the filter, without scripts too, in the words of the API", async () => {
  const node = await consoleNode();
  const { page } = await browser.visit({ url: node.url, javaScriptEnabled: false });
  await page.goto(`${node.url}/models`);
  await page.getByLabel("Look at").selectOption("elo");
  await page.getByLabel("Against").selectOption("poisson");
  await page.getByRole("button", { name: "Show" }).click();
  await page.getByRole("heading", { name: "elo against poisson" }).waitFor();
  const told = (await (await fetch(`${node.url}/api/models/compare?first=elo&second=poisson`)).json()) as {
    n: number;
    rps: { mean: number };
  };
  await page.getByText(`over ${told.n} matches that both answered`).waitFor();
  await page.getByText(told.rps.mean.toFixed(5).replace("-", "−"), { exact: true }).first().waitFor();
});

test("under a filter that nothing fits, the page says so", async () => {
  const node = await consoleNode();
  const { page, ...visit } = await browser.visit({ url: node.url });
  await page.goto(`${node.url}/models?season=1901-02`);
  await page.getByText("No settled answers yet").waitFor();
  expect(await visit.violations()).toEqual([]);
});

test("an unknown kind is refused by a page that names the field", async () => {
  const { url } = await consoleNode();
  const response = await fetch(`${url}/models?kind=%3Cb%3E`);
  expect(response.status).toBe(400);
  const text = await response.text();
  expect(text).toContain("kind");
  expect(text).not.toContain("<b>");
});
