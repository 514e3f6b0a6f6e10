import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { newToken, sha256Of } from "../../../src/http/access/token-hash.ts";
import { backfillSchema } from "../../../src/http/calls/backfill.ts";
import { requestSchema } from "../../../src/http/calls/shown-request.ts";
import { planBackfill } from "../../../src/plans/backfill-plan.ts";
import { matchBook } from "../../../src/projections/book.ts";
import { narrow, testBrowser, wide } from "../../support/browser.ts";
import { type ConsoleNode, consoleNode } from "../../support/console-node.ts";
import { hostile, planted, plantedSeason, seasonNow } from "../../support/console-season.ts";
import { day, history, hour, roster } from "../../support/history.ts";

const browser = testBrowser();
const looks = [
  ["wide, light", { viewport: wide, colorScheme: "light" as const, timezoneId: "Europe/Berlin" }],
  ["narrow, dark", { viewport: narrow, colorScheme: "dark" as const, timezoneId: "UTC" }],
] as const;

const lacking = [planted.dismissed, planted.hostile, planted.missed, planted.unsettled].toSorted();

async function backfilled(node: ConsoleNode, body: object): Promise<string> {
  const response = await fetch(`${node.url}/api/admin/backfill`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  return backfillSchema.parse(await response.json()).backfillId ?? "none";
}

async function cancelled(node: ConsoleNode, id: string): Promise<void> {
  await fetch(`${node.url}/api/admin/backfill/${id}`, { method: "DELETE" });
}

async function listed(node: ConsoleNode): Promise<z.infer<typeof requestSchema>[]> {
  const answer = await (await fetch(`${node.url}/api/admin/backfill`)).json();
  return z.object({ requests: z.array(requestSchema) }).parse(answer).requests;
}

async function begin(page: Page): Promise<void> {
  const button = page.getByRole("button", { name: /^Backfill \d/ });
  const name = (await button.textContent()) ?? "";
  await button.click();
  await page.getByRole("dialog").getByRole("button", { name }).click();
}

describe.each(looks)("%s", (_, options) => {
  test("from a filter: planned as the command line would, begun, followed, cancelled, resumed", async () => {
    const node = await consoleNode();
    const { page, ...visit } = await browser.visit({ url: node.url, ...options });
    await page.goto(`${node.url}/backfills`);
    await page.getByText("There has been no backfill").waitFor();
    expect(await visit.violations()).toEqual([]);
    await page.getByLabel("in the last days").fill("2");
    await page.getByRole("button", { name: "Preview" }).click();
    await page.getByText("The matches that kicked off in the last 2 days; whatever is missing.").waitFor();
    const { readModel, policy } = node.node;
    const scope = { stages: null, now: seasonNow, policy, roster: roster.map(({ model }) => model) };
    const { plan } = planBackfill({ matchIds: null, days: 2, reason: null }, matchBook(readModel), scope);
    expect(plan.matches.map(({ matchId }) => matchId)).toEqual(lacking);
    await page.getByText(plan.planHash).waitFor();
    for (const { matchId, modelCalls } of plan.matches) {
      const row = page.getByRole("row").filter({ hasText: matchId });
      expect(await row.getByRole("cell").last().innerText()).toBe(String(modelCalls));
    }
    await page.getByText(`As of sequence ${readModel.sequence()}`).waitFor();
    expect(await visit.violations()).toEqual([]);
    await page.getByLabel("Reason").fill("outage");
    await begin(page);
    await page.getByText("4 accepted").waitFor();

    await page.goto(`${node.url}/backfills`);
    const [told] = await listed(node);
    const row = page.getByRole("row").filter({ hasText: told?.id ?? "" });
    await row.getByText("running").waitFor();
    await row.getByText("0 of 4 done").waitFor();
    await row.getByText("local").waitFor();
    await row.getByText("outage").waitFor();
    expect(await visit.violations()).toEqual([]);
    expect(await visit.overflow()).toBe(0);
    await row.getByRole("button", { name: "Cancel the backfill" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("4 matches may be taken back").waitFor();
    await dialog.getByLabel("Reason").fill("wrong week");
    expect(await visit.violations()).toEqual([]);
    await dialog.getByRole("button", { name: "Cancel the backfill" }).click();
    await page.getByText("Cancelled by").waitFor();
    expect(node.events("operator.cancelled")).toMatchObject([{ data: { principal: "local", reason: "wrong week" } }]);

    await page.goto(`${node.url}/backfills`);
    await row.getByText("4 cancelled").waitFor();
    await row.getByRole("link", { name: "Resume" }).click();
    await page.getByText(/What is left of .* asked for: a new backfill/).waitFor();
    expect(await page.getByLabel("Reason").inputValue()).toBe(`resumes ${told?.id}: outage`);
    await begin(page);
    await page.getByText("4 accepted").waitFor();
    const [resumed] = await listed(node);
    expect(resumed).toMatchObject({ reason: `resumes ${told?.id}: outage`, total: 4 });
    expect(resumed?.id).not.toBe(told?.id);
    expect([visit.errors, visit.strangers, await visit.shift(), await visit.overflow()]).toEqual([[], [], 0, 0]);
  });
});

test("what is resumed is what still lacks something, with the stages it was asked for", async () => {
  const node = await consoleNode();
  const id = await backfilled(node, { matchIds: [planted.missed, planted.unsettled], stages: ["analyse", "predict"] });
  await cancelled(node, id);
  // Of the two one has been mended meanwhile.
  const other = await backfilled(node, { matchIds: [planted.unsettled], stages: ["predict"] });
  const html = await (await fetch(`${node.url}/backfills/plan?resume=${id}`)).text();
  expect(html).toContain("analysis, predictions alone");
  expect(html).toContain("Backfill 1 match");
  expect(html).toContain("1 match is under way already");
  expect(other).not.toBe("none");
});

test("a backfill that runs goes forward on the page by itself", async () => {
  const node = await consoleNode({ working: "all" });
  const { page, errors } = await browser.visit({ url: node.url });
  await page.goto(`${node.url}/backfills`);
  await page.getByText("updates itself").waitFor();
  await backfilled(node, { matchIds: [planted.missed] });
  await page.getByText("0 of 1 done").or(page.getByText("1 of 1 done")).waitFor();
  for (let n = 0; n < 20 && (await listed(node))[0]?.state !== "done"; n++) await node.wall.advance(1000);
  await page.getByText("1 of 1 done").waitFor();
  await page.getByRole("row").getByText("done", { exact: true }).waitFor();
  expect(errors).toEqual([]);
});

test("without scripts: begun, cancelled and resumed by links and forms", async () => {
  const node = await consoleNode();
  const { page } = await browser.visit({ url: node.url, javaScriptEnabled: false });
  await page.goto(`${node.url}/backfills`);
  await page.getByLabel("Match ids").fill(`${planted.missed}, ${planted.settled}`);
  await page.getByLabel("predictions").check();
  await page.getByRole("button", { name: "Preview" }).click();
  await page.getByText("2 matches that were named; predictions alone.").waitFor();
  await page.getByRole("button", { name: "Backfill 1 match" }).click();
  await page.getByText("1 accepted").waitFor();
  await page.goto(`${node.url}/backfills`);
  await page.getByRole("button", { name: "Cancel the backfill" }).click();
  await page.getByText("Cancelled by").waitFor();
  await page.goto(`${node.url}/backfills`);
  await page.getByRole("link", { name: "Resume" }).click();
  await page.getByRole("button", { name: "Backfill 1 match" }).click();
  await page.getByText("1 accepted").waitFor();
  expect(node.events("operator.requested")).toHaveLength(2);
});

test("by the keyboard alone: from the form to the dialog", async () => {
  const node = await consoleNode();
  const { page } = await browser.visit({ url: node.url });
  await page.goto(`${node.url}/backfills`);
  await page.keyboard.press("/");
  await page.keyboard.press("Enter");
  await page.getByText("in the last 7 days").waitFor();
  for (let n = 0, at = ""; n < 40 && at !== "Backfill 4 matches"; n++) {
    await page.keyboard.press("Tab");
    at = await page.evaluate<string>("document.activeElement.textContent.trim()");
  }
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("4 accepted").waitFor();
});

test("a span, a competition: the matches that lack something in it, however long ago", async () => {
  const old = seasonNow - 60 * day;
  const life = history("pl-2016-17-long-ago", old - 47 * hour)
    .scheduled({ kickoff: old })
    .at(old);
  life.dispatch(({ kind }) => kind === "missed");
  const node = await consoleNode({ lives: [...plantedSeason(), life] });
  const ask = async (query: string) => (await fetch(`${node.url}/backfills/plan?${query}`)).text();
  expect(await ask("from=2016-11-01&to=2016-11-30")).toContain("Backfill 1 match<");
  expect(await ask("from=2016-11-01&competition=pl")).toContain("Backfill 5 matches<");
  expect(await ask("competition=elsewhere&days=30")).toContain("A backfill would do nothing here");
  expect(await ask("days=30")).toContain("Backfill 4 matches<");
});

test("a plan that is stale is shown anew, with what has changed", async () => {
  const node = await consoleNode();
  const { page } = await browser.visit({ url: node.url });
  await page.goto(`${node.url}/backfills/plan?days=1`);
  await backfilled(node, { matchIds: [planted.missed] });
  await begin(page);
  await page.getByText("the plan you saw is no longer what would run").waitFor();
  await page.getByText(`${planted.missed}: was`).waitFor();
  await begin(page);
  await page.getByText("3 accepted").waitFor();
});

test("the history is paged, newest first, and hostile reasons are text", async () => {
  const node = await consoleNode();
  const ids: string[] = [];
  for (let n = 0; n < 23; n++) {
    const id = await backfilled(node, { matchIds: [planted.missed], reason: `${n} ${hostile}`.slice(0, 300) });
    await cancelled(node, id);
    ids.unshift(id);
  }
  const { page, ...visit } = await browser.visit({ url: node.url });
  await page.goto(`${node.url}/backfills`);
  const shown = async () => page.locator("tbody th a").allInnerTexts();
  const first = await shown();
  expect(await page.title()).toBe("Backfills · fulltime");
  expect(Buffer.byteLength(await page.content())).toBeLessThan(100_000);
  await page.getByRole("link", { name: "Next page" }).click();
  await page.getByText("End of the list").waitFor();
  expect([...first, ...(await shown())]).toEqual(ids);
  expect((await listed(node)).map(({ id }) => id)).toEqual(ids);
  expect([await visit.violations(), visit.errors, await visit.overflow()]).toEqual([[], [], 0]);
});

test.each([
  ["/backfills?before=x", 400, "before"],
  ["/backfills/plan?days=31", 400, "days"],
  ["/backfills/plan?stage=lineups", 400, "stage"],
  ["/backfills/plan?from=yesterday", 400, "write a day like"],
  ["/backfills/plan?from=2016-01-01&to=2017-12-31", 400, "366 days at most"],
  ["/backfills/plan?from=2017-01-02&to=2017-01-01", 400, "is after to"],
  [`/backfills/plan?ids=${planted.missed}&from=2017-01-01`, 400, "not both"],
  ["/backfills/plan?ids=No-Id", 400, "match ids are like"],
  ["/backfills/plan?resume=x", 400, "resume"],
  ["/backfills/plan?resume=01ARZ3NDEKTSV4RRFFQ69G5FAV", 404, "there is no such backfill"],
])("%s is %i, and says why", async (path, status, text) => {
  const { url } = await consoleNode();
  const response = await fetch(url + path);
  expect([response.status, response.headers.get("Content-Type")]).toEqual([status, "text/html; charset=UTF-8"]);
  expect(await response.text()).toContain(text);
});

test("who may only read sees the history and begins nothing", async () => {
  const [reader, operator] = [newToken(), newToken()];
  const node = await consoleNode({
    access: {
      principals: [
        { name: "rita", scope: "read", token: sha256Of(reader) },
        { name: "otto", scope: "operate", token: sha256Of(operator) },
      ],
    },
  });
  await fetch(`${node.url}/api/admin/backfill`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${operator}` },
    body: JSON.stringify({ reason: "outage" }),
  });
  const html = await (await fetch(`${node.url}/backfills`, { headers: { Authorization: `Bearer ${reader}` } })).text();
  expect(html).toContain("otto");
  expect(html).toContain("outage");
  expect(html).not.toMatch(/Preview|Cancel|Resume/);
});
