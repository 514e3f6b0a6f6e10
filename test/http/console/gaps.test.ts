import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { newToken, sha256Of } from "../../../src/http/access/token-hash.ts";
import { backfillSchema } from "../../../src/http/calls/backfill.ts";
import { pipelineHealthSchema } from "../../../src/http/pipeline-health.ts";
import { watchedSpan } from "../../../src/projections/gaps-at.ts";
import { narrow, testBrowser, wide } from "../../support/browser.ts";
import { type ConsoleNode, consoleNode } from "../../support/console-node.ts";
import { hostile, planted, seasonNow } from "../../support/console-season.ts";
import { hour, type History, history, minute } from "../../support/history.ts";

const browser = testBrowser();
const looks = [
  ["wide, light", { viewport: wide, colorScheme: "light" as const, timezoneId: "Europe/Berlin" }],
  ["narrow, dark", { viewport: narrow, colorScheme: "dark" as const, timezoneId: "UTC" }],
] as const;

const missedOnes = [planted.hostile, planted.missed, planted.unsettled, planted.dismissed].toSorted();

async function told({ url }: ConsoleNode): Promise<z.infer<typeof pipelineHealthSchema>> {
  return pipelineHealthSchema.parse(await (await fetch(`${url}/api/admin/pipeline-health`)).json());
}

/** As a browser without scripts would send it. */
async function planForm(node: ConsoleNode, path: string): Promise<URLSearchParams> {
  const html = await (await fetch(node.url + path)).text();
  const form = /<form method="post" action="\/gaps\/backfill".*?<\/form>/s.exec(html)?.[0] ?? "";
  const fields = [...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return new URLSearchParams(fields.map(([, name = "", value = ""]): [string, string] => [name, value]));
}

function send(node: ConsoleNode, form: URLSearchParams): Promise<Response> {
  return fetch(`${node.url}/gaps/backfill`, { method: "POST", body: form, redirect: "manual" });
}

function rowsOf(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(
    "[...document.querySelectorAll('main tbody th a')].map((it) => it.getAttribute('href'))",
  );
}

/** Goes on by the keyboard until that is under it. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let n = 0; n < 60; n++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate<string>(
      "document.activeElement?.ariaLabel ?? document.activeElement?.textContent ?? ''",
    );
    if (at.trim() === name) return;
  }
  throw new Error(`the keyboard does not come to "${name}"`);
}

describe.each(looks)("%s", (_, options) => {
  test("the gaps are those of the API and the command line, at the same sequence", async () => {
    const node = await consoleNode();
    const { page, ...visit } = await browser.visit({ url: node.url, ...options });
    await page.goto(`${node.url}/gaps`);
    const { gaps, summary } = await told(node);
    const { ahead, back } = watchedSpan(node.node.policy);
    expect(gaps).toEqual(node.node.readModel.gaps(seasonNow, ahead, back, node.node.policy));
    expect(await rowsOf(page)).toEqual(gaps.map(({ matchId }) => `/matches/${matchId}`));
    await page.getByText(`${gaps.length} gaps`).waitFor();
    for (const [severity, count] of Object.entries(summary)) {
      if (count > 0) await page.getByRole("link", { name: `${count} ${severity}` }).waitFor();
    }
    await page.getByText(`As of sequence ${node.node.readModel.sequence()}`).waitFor();
    for (const { reason } of gaps) expect(await page.getByText(reason).count()).toBeGreaterThan(0);
    expect(await page.title()).toBe("Gaps · fulltime");
    // What is hostile is there, as text.
    expect(await page.locator("main").innerText()).toContain(hostile.slice(0, 20));
    expect(await visit.violations()).toEqual([]);
    expect([visit.errors, visit.strangers, await visit.shift(), await visit.overflow()]).toEqual([[], [], 0, 0]);
  });

  test("all that fit a filter: previewed, confirmed in a dialog, run as one backfill", async () => {
    const node = await consoleNode();
    const { page, ...visit } = await browser.visit({ url: node.url, ...options });
    await page.goto(`${node.url}/gaps`);
    await page.getByLabel("Severity").selectOption("missed");
    await page.getByRole("button", { name: "Show" }).click();
    await page.getByText(`4 gaps of 8 fit the filter`).waitFor();
    await page.getByRole("button", { name: "Preview a backfill of all 4 that fit" }).click();
    const dry = await fetch(`${node.url}/api/admin/backfill`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ matchIds: missedOnes, dryRun: true }),
    });
    const { plan } = backfillSchema.parse(await dry.json());
    await page.getByText("4 matches with a gap, severity missed.").waitFor();
    const facts = await page.locator("main .facts").innerText();
    for (const [name, value] of [
      ["Matches", plan.total],
      ["Analyses", plan.analyses],
      ["Model calls", plan.modelCalls],
      ["Settlements", plan.settlements],
      ["Cost", plan.cost],
      ["Plan", plan.planHash],
    ] as const) {
      expect(facts.replace(/\s+/g, " ")).toContain(`${name} ${value}`);
    }
    expect(facts).toContain("Share of the day's budget");
    expect((await rowsOf(page)).map((it) => it.replace("/matches/", ""))).toEqual(plan.matches.map((it) => it.matchId));
    expect(await visit.violations()).toEqual([]);

    await page.getByLabel("Reason").fill("the source was away");
    await page.getByRole("button", { name: "Backfill 4 matches" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("12 model calls").waitFor();
    expect(await visit.violations()).toEqual([]);
    expect(node.events("operator.requested")).toEqual([]);
    await dialog.getByRole("button", { name: "Backfill 4 matches" }).click();
    await page.waitForURL(/\/requests\//);
    await page.getByText("4 accepted").waitFor();
    const [call, ...others] = node.events("operator.requested");
    expect(others).toEqual([]);
    expect(call?.data).toMatchObject({
      principal: "local",
      planHash: plan.planHash,
      order: { what: "backfill", reason: "the source was away" },
    });
    expect(call?.data.order.matchIds?.toSorted()).toEqual(missedOnes);
    expect([visit.errors, visit.strangers, await visit.shift(), await visit.overflow()]).toEqual([[], [], 0, 0]);
  });
});

test("by the keyboard alone: the filter, two ticks, the preview, the dialog", async () => {
  const node = await consoleNode();
  const { page } = await browser.visit({ url: node.url });
  await page.goto(`${node.url}/gaps`);
  await page.keyboard.press("/");
  await page.keyboard.type("leicester");
  await page.keyboard.press("Enter");
  await page.getByText("1 gap of 8 fit").waitFor();
  await page.keyboard.press("j");
  expect(await page.evaluate<string>("document.activeElement.getAttribute('href')")).toBe(
    `/matches/${planted.unsettled}`,
  );
  await page.goto(`${node.url}/gaps`);
  for (const id of [planted.unsettled, planted.missed]) {
    await tabTo(page, `Tick ${id}`);
    await page.keyboard.press("Space");
  }
  await page.keyboard.press("Home");
  await page.evaluate("document.getElementById('main').focus()");
  await tabTo(page, "Of those ticked");
  await page.keyboard.press("Enter");
  await page.getByText("2 matches that were ticked.").waitFor();
  await tabTo(page, "Backfill 2 matches");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  expect(node.events("operator.requested")).toEqual([]);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("2 accepted").waitFor();
  expect(node.events("operator.requested")[0]?.data.order.matchIds?.toSorted()).toEqual(
    [planted.unsettled, planted.missed].toSorted(),
  );
});

test("one box in the head ticks all that are shown", async () => {
  const node = await consoleNode();
  const { page } = await browser.visit({ url: node.url });
  await page.goto(`${node.url}/gaps`);
  await page.getByLabel("Tick all that are shown").check();
  await page.getByRole("button", { name: "Of those ticked" }).click();
  await page.getByText("8 matches that were ticked.").waitFor();
});

test("without scripts: links and forms do the same", async () => {
  const node = await consoleNode();
  const { page } = await browser.visit({ url: node.url, javaScriptEnabled: false });
  await page.goto(`${node.url}/gaps`);
  await page.getByLabel(`Tick ${planted.missed}`).check();
  await page.getByLabel(`Tick ${planted.critical}`).check();
  await page.getByRole("button", { name: "Of those ticked" }).click();
  await page.getByText("1 match: it has not begun").waitFor();
  await page.getByRole("button", { name: "Backfill 1 match" }).click();
  await page.getByText("1 accepted, 1 it has not begun").waitFor();
  expect(node.events("operator.requested")).toHaveLength(1);
});

describe("a plan that is stale", () => {
  const late = "pl-2016-17-late-comer";

  test("is not run: what has changed is said, and the plan as it is now can be", async () => {
    const node = await consoleNode();
    const { page, ...visit } = await browser.visit({ url: node.url });
    await page.goto(`${node.url}/gaps/plan?severity=missed&all=1`);
    await page.getByLabel("Reason").fill("outage");
    await node.write(missedLife(late));
    await page.getByRole("button", { name: "Backfill 4 matches" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Backfill 4 matches" }).click();
    await page.getByText("the plan you saw is no longer what would run").waitFor();
    await page.getByText(`${late}: was not in it`).waitFor();
    expect(await visit.violations()).toEqual([]);
    expect(node.events("operator.requested")).toEqual([]);
    expect(await page.getByLabel("Reason").inputValue()).toBe("outage");
    await page.getByRole("button", { name: "Backfill 5 matches" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Backfill 5 matches" }).click();
    await page.getByText("5 accepted").waitFor();
    // Chromium says itself that it got a 409.
    expect(visit.errors.filter((it) => !it.includes("409"))).toEqual([]);
  });

  test("as its status, 409", async () => {
    const node = await consoleNode();
    const form = await planForm(node, "/gaps/plan?severity=missed&all=1");
    await node.write(missedLife(late));
    expect((await send(node, form)).status).toBe(409);
  });
});

test("sent twice, it is one backfill, whatever fits the filter by then", async () => {
  const node = await consoleNode({ working: "all" });
  const form = await planForm(node, "/gaps/plan?severity=missed&all=1");
  const first = await send(node, form);
  expect(first.status).toBe(303);
  const again = await send(node, form);
  expect([again.status, again.headers.get("Location")]).toEqual([303, first.headers.get("Location")]);
  expect(node.events("operator.requested")).toHaveLength(1);
});

test.each([
  ["/gaps?severity=grave", 400, "severity"],
  ["/gaps?stage=%3Cscript%3E", 400, "stage"],
  ["/gaps?cursor=nowhere", 400, "cursor"],
  ["/gaps?cursor=%3F!", 400, "cursor"],
  ["/gaps/plan", 400, "tick at least one match"],
  ["/gaps/plan?match=No+Id", 400, "match ids are like"],
  ["/gaps/plan?all=1&q=nobody", 200, "A backfill would do nothing here"],
])("%s is %i, and says why", async (path, status, text) => {
  const { url } = await consoleNode();
  const response = await fetch(url + path);
  expect([response.status, response.headers.get("Content-Type")]).toEqual([status, "text/html; charset=UTF-8"]);
  const html = await response.text();
  expect(html).toContain(text);
  expect(html).not.toContain("<script>");
});

test("nobody's plan hash: 400, and nothing is asked for", async () => {
  const node = await consoleNode();
  const form = await planForm(node, "/gaps/plan?severity=missed&all=1");
  form.delete("planHash");
  expect((await send(node, form)).status).toBe(400);
  expect(node.events("operator.requested")).toEqual([]);
});

test("who may only read sees the gaps and their plan, and no button that does anything", async () => {
  const token = newToken();
  const node = await consoleNode({ access: { principals: [{ name: "rita", scope: "read", token: sha256Of(token) }] } });
  const ask = async (path: string) =>
    (await fetch(node.url + path, { headers: { Authorization: `Bearer ${token}` } })).text();
  const gaps = await ask("/gaps");
  expect(gaps).toContain(`/matches/${planted.missed}`);
  expect(gaps).not.toMatch(/type="checkbox" name="match"|Preview a backfill/);
  const plan = await ask("/gaps/plan?all=1");
  expect(plan).toContain("Model calls");
  expect(plan).not.toContain("/gaps/backfill");
});

test("when it is tried again is told in the reader's zone, on each page that tells it", async () => {
  const node = await consoleNode();
  const { page } = await browser.visit({ url: node.url, timezoneId: "Europe/Berlin" });
  for (const path of ["/", "/gaps", `/matches/${planted.retrying}`]) {
    await page.goto(node.url + path);
    const text = (await page.locator("main").innerText()).replaceAll(/\s+/g, " ");
    expect(text).toContain("retry at 2017-01-14 15:59 14:59 UTC");
    expect(text).not.toMatch(/\d\dT\d\d/);
  }
  expect(await page.locator("#life").innerText()).toContain("again at 2017-01-14 15:59 14:59 UTC: HTTP 503");
});

test("a gap that comes is shown by itself; what is ticked stays so", async () => {
  const node = await consoleNode();
  const { page } = await browser.visit({ url: node.url });
  await page.goto(`${node.url}/gaps`);
  await page.getByText("updates itself").waitFor();
  await page.getByLabel(`Tick ${planted.missed}`).check();
  await node.write(missedLife("pl-2016-17-late-comer"));
  await page.getByText("9 gaps").waitFor();
  expect(await page.getByLabel(`Tick ${planted.missed}`).isChecked()).toBe(true);
  expect(await page.getByRole("link", { name: "5 missed" }).count()).toBe(1);
  // The box still has the focus, as it had it when the list came anew.
  await page.waitForFunction(`document.activeElement.value === ${JSON.stringify(planted.missed)}`);
  await page.keyboard.press("Space");
  expect(await page.getByLabel(`Tick ${planted.missed}`).isChecked()).toBe(false);
});

test("many gaps: page after page, each match once, none above 100 kB whatever the teams are called", async () => {
  const nasty = "\u202e".repeat(10_000);
  const lives = Array.from({ length: 70 }, (_, at) => {
    const life = missedLife(`pl-2016-17-t${at}-u${at}`, at);
    return life.scheduled({ teams: { home: { id: "a", name: nasty }, away: { id: "b", name: nasty } } });
  });
  const node = await consoleNode({ lives });
  const seen: string[] = [];
  for (let path: string | null = "/gaps"; path !== null; ) {
    const html: string = await (await fetch(node.url + path)).text();
    expect(Buffer.byteLength(html)).toBeLessThan(100_000);
    seen.push(...[...html.matchAll(/href="\/matches\/([^"]+)"/g)].map(([, id = ""]) => id));
    path = /<a href="([^"]+)" rel="next"/.exec(html)?.[1]?.replaceAll("&amp;", "&") ?? null;
  }
  const { gaps } = await told(node);
  expect(seen).toEqual(gaps.map(({ matchId }) => matchId));
  expect(new Set(seen).size).toBe(70);
});

test("nothing lacks: that is said", async () => {
  const node = await consoleNode({ lives: [] });
  const { page, violations } = await browser.visit({ url: node.url });
  await page.goto(`${node.url}/gaps`);
  await page.getByText("No match lacks anything").waitFor();
  expect(await violations()).toEqual([]);
});

test("NATS is away: the gaps are shown as what was known, and nothing is asked for", async () => {
  const node = await consoleNode();
  const form = await planForm(node, "/gaps/plan?severity=missed&all=1");
  node.connect(false);
  const page = await fetch(`${node.url}/gaps`);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain("NATS does not answer");
  const refused = await send(node, form);
  expect(refused.status).toBe(503);
  expect(await refused.text()).toContain("nothing was asked for");
  expect(node.events("operator.requested")).toEqual([]);
});

/** Kick-off passed, three hours and so many minutes ago, and nobody had done anything. */
function missedLife(id: string, minutes = 0): History {
  const at = seasonNow - 3 * hour - minutes * minute;
  const life = history(id, at - 47 * hour)
    .scheduled({ kickoff: at })
    .at(at);
  life.dispatch(({ kind }) => kind === "missed");
  return life;
}
