import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";
import { testBrowser } from "../../support/browser.ts";
import { type ConsoleNode, consoleNode } from "../../support/console-node.ts";
import { planted } from "../../support/console-season.ts";

/** docs/console.md says in how many steps an operator gets there: each is walked here, and the number must be the document's. */
const document = readFileSync(join(import.meta.dirname, "../../../docs/console.md"), "utf8");
const browser = testBrowser();

interface Walk {
  page: Page;
  node: ConsoleNode;
  /** A click, a choice or a field filled in. */
  step(what: Locator, text?: string): Promise<void>;
}

const section = ({ page }: Walk, name: string) =>
  page.getByRole("navigation", { name: "Sections" }).getByRole("link", { name });
const button = ({ page }: Walk, name: string | RegExp) => page.getByRole("button", { name }).first();
const link = ({ page }: Walk, name: string | RegExp) => page.getByRole("link", { name }).first();
const confirmed = ({ page }: Walk) => page.getByRole("dialog").getByRole("button").first();

const walks: Record<string, (walk: Walk) => Promise<void>> = {
  "know whether tonight is safe": async ({ page }) => {
    await page.getByRole("alert").getByText("4 of 5 matches of the next 6 h have a gap").waitFor();
  },
  "read one match's life: what was due, done, tried, by whom": async (walk) => {
    await walk.step(link(walk, /Leeds/));
    await walk.page.getByText("HTTP 422: no such team").first().waitFor();
  },
  "retry every failed settlement": async (walk) => {
    await walk.step(section(walk, "Failures"));
    await walk.step(link(walk, /Preview a retry of all 2/));
    await walk.page.getByText("Model calls", { exact: true }).waitFor();
    await walk.step(button(walk, "Retry 2 settlements"));
    await walk.step(confirmed(walk));
    await walk.page.getByText("2 accepted").waitFor();
  },
  "retry all that failed of one cause": async (walk) => {
    await walk.step(section(walk, "Failures"));
    await walk.step(link(walk, "no-predictions:settle"));
    await walk.step(button(walk, "Preview a retry of all 2"));
    await walk.step(button(walk, "Retry 2 settlements"));
    await walk.step(confirmed(walk));
    await walk.page.getByText("2 accepted").waitFor();
  },
  "retry one": async (walk) => {
    await walk.step(section(walk, "Failures"));
    await walk.step(link(walk, "2 failures"));
    await walk.step(link(walk, /West Ham/));
    await walk.step(button(walk, "Retry its settlement"));
    await walk.step(confirmed(walk));
    await walk.page.getByText("1 accepted").waitFor();
  },
  "run in hindsight everything that fits a filter, its cost known before": async (walk) => {
    await walk.step(link(walk, "The gaps, and what mends them"));
    await walk.step(link(walk, "4 missed"));
    await walk.step(button(walk, "Preview a backfill of all 4"));
    await walk.page.getByText("Share of the day's budget").waitFor();
    await walk.step(button(walk, "Backfill 4 matches"));
    await walk.step(confirmed(walk));
    await walk.page.getByText("4 accepted").waitFor();
  },
  "see which of a bulk action were left out, and why": async (walk) => {
    const ids = [planted.unsettled, planted.settled, planted.ahead];
    await walk.page.goto(`${walk.node.url}/failures/plan?what=retry&${ids.map((id) => `match=${id}`).join("&")}`);
    await button(walk, "Retry 1 settlement").click();
    await confirmed(walk).click();
    await walk.page.getByText("1 accepted, 1 already done, 1 not finished").waitFor();
    await walk.step(walk.page.getByText("1 match: already done"));
    await link(walk, planted.settled).waitFor();
  },
  "take one off the list with a reason": async (walk) => {
    await walk.step(section(walk, "Failures"));
    await walk.step(link(walk, "2 failures"));
    await walk.step(link(walk, /West Ham/));
    await walk.step(walk.page.getByLabel("Why"), "abandoned");
    await walk.step(button(walk, "Dismiss this failure"));
    await walk.step(confirmed(walk));
    expect(walk.node.events("match.failure.dismissed")).toHaveLength(2);
  },
  "stop what is running": async (walk) => {
    await fetch(`${walk.node.url}/api/admin/backfill`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ matchIds: [planted.missed] }),
    });
    await walk.step(section(walk, "Backfills"));
    await walk.step(button(walk, "Cancel the backfill"));
    await walk.step(confirmed(walk));
    await walk.page.getByText("Cancelled by").waitFor();
  },
  "who did what, and why": async (walk) => {
    await walk.step(section(walk, "Backfills"));
    await walk.page.getByRole("heading", { name: "So far" }).waitFor();
  },
  "hold the page still": async (walk) => {
    await walk.step(button(walk, "Pause"));
    await walk.page.getByText("paused: shown as it was").waitFor();
  },
};

test.each(Object.entries(walks))("%s", async (task, walk) => {
  const node = await consoleNode();
  const { page } = await browser.visit({ url: node.url });
  await page.goto(node.url);
  let steps = 0;
  await walk({
    page,
    node,
    async step(what, text) {
      await (text === undefined ? what.click() : what.fill(text));
      steps++;
    },
  });
  const row = document.split("\n").find((line) => line.toLowerCase().startsWith(`| ${task.toLowerCase()} |`));
  expect(row?.split("|")[2]?.trim()).toBe(String(steps));
});

test("every row of the document's table is walked", () => {
  const table = document.slice(document.indexOf("| what |"));
  const rows = table.slice(0, table.indexOf("\n\n")).split("\n").slice(2);
  expect(rows.map((row) => row.split("|")[1]?.trim().toLowerCase())).toEqual(
    Object.keys(walks).map((task) => task.toLowerCase()),
  );
});
