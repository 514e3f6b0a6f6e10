import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import type { matchesSchema } from "../../../src/http/matches.ts";
import { leads, narrow, testBrowser, wide } from "../../support/browser.ts";
import { type ConsoleNode, consoleNode } from "../../support/console-node.ts";
import { hostile, planted, plantedSeason, seasonNow } from "../../support/console-season.ts";
import { day, type History, history, hour, minute } from "../../support/history.ts";

type Listed = z.infer<typeof matchesSchema>;

const browser = testBrowser();

/** Ids of the matches that a page lists, in its order. */
async function idsOn(page: Page): Promise<string[]> {
  const links = await page.locator("main tbody th a").all();
  return Promise.all(links.map(async (it) => (await it.getAttribute("href"))?.slice("/matches/".length) ?? ""));
}

async function api(node: ConsoleNode, query: string): Promise<Listed> {
  return (await (await fetch(`${node.url}/api/matches?${query}`)).json()) as Listed;
}

function many(count: number, names = (at: number): [string, string] => [`Home ${at}`, `Away ${at}`]): History[] {
  return Array.from({ length: count }, (_, at) => {
    const [home, away] = names(at);
    const kickoff = seasonNow + hour + at * minute;
    const teams = { home: { id: `h${at}`, name: home }, away: { id: `a${at}`, name: away } };
    return history(`pl-2016-17-h${at}-a${at}`, kickoff - day).scheduled({ kickoff, teams });
  });
}

describe.each([
  ["wide, light", { viewport: wide, colorScheme: "light" as const }],
  ["narrow, dark", { viewport: narrow, colorScheme: "dark" as const }],
])("%s", (_, options) => {
  test("lists what the API lists, as of the same sequence", async () => {
    const node = await consoleNode();
    const { page, ...visit } = await browser.visit({ url: node.url, timezoneId: "Europe/Berlin", ...options });
    await page.goto(`${node.url}/matches`);
    const told = await api(node, "from=2017-01-13&limit=200");
    expect(await idsOn(page)).toEqual(told.matches.map(({ id }) => id));
    expect(await page.locator("html").getAttribute("data-sequence")).toBe(String(told.sequence));
    for (const [at, row] of (await page.locator("main tbody tr").all()).entries()) {
      const match = told.matches[at];
      const cells = await row.locator("td").allTextContents();
      expect(cells[1]).toContain("UTC");
      expect(await row.locator("time").getAttribute("datetime")).toBe(match?.kickoff);
      expect(cells[3]).toContain(match?.status);
      expect(cells[4]).toBe(match?.score == null ? "–" : `${match.score.home}:${match.score.away}`);
      expect(cells[5]).toBe(String(match?.predictions));
    }
    expect(await visit.violations()).toEqual([]);
    expect([visit.errors, visit.strangers, await visit.shift(), await visit.overflow()]).toEqual([[], [], 0, 0]);
    expect(await page.title()).toBe("Matches · fulltime");
  });
});

test("of what a match lacks it says what Tonight says", async () => {
  const node = await consoleNode();
  const { page } = await browser.visit({ url: node.url });
  const badges = async (path: string, row: string, ...ids: string[]) => {
    await page.goto(node.url + path);
    const texts = ids.map(async (id) => {
      const within = page.locator(row).filter({ has: page.locator(`a[href="/matches/${id}"]`) });
      return (await within.locator(".badges").innerText()).replaceAll(/\s+/g, " ").trim();
    });
    return Promise.all(texts);
  };
  const { critical, retrying, givenUp, inFlight, missed } = planted;
  const ids = [critical, retrying, givenUp, inFlight, missed];
  const work = await badges("/matches", "main tbody tr", ...ids);
  expect(work).toEqual([
    "✕ critical ✕ analysis late",
    "▲ warning ▲ analysis failed, retrying",
    "▲ warning ✕ analysis given up",
    "✕ critical ✕ line-ups given up",
    "✕ missed ✕ analysis missed ✕ predictions missed",
  ]);
  for (const [at, tonight] of (await badges("/", "main ol li", ...ids)).entries())
    for (const badge of work[at]?.split(/ (?=[✕▲])/) ?? []) expect(tonight).toContain(badge);
});

test("a filter is set by the keyboard alone, stands in the address, and is what the API understands by it", async () => {
  const node = await consoleNode();
  const { page, errors } = await browser.visit({ url: node.url });
  await page.goto(`${node.url}/matches`);
  await page.keyboard.press("/");
  await page.keyboard.type("finished");
  for (let tabs = 0; tabs < 2; tabs++) await page.keyboard.press("Tab");
  await page.keyboard.type("2016-17");
  await page.keyboard.press("Enter");
  await page.waitForURL(/status=finished/);
  const address = new URL(page.url()).searchParams;
  expect([address.get("status"), address.get("season"), address.get("from")]).toEqual([
    "finished",
    "2016-17",
    "2017-01-13",
  ]);
  const told = await api(node, "status=finished&season=2016-17");
  expect(told.matches.length).toBeGreaterThan(5);
  expect(await idsOn(page)).toEqual(told.matches.map(({ id }) => id));
  expect(await page.getByLabel("Status").inputValue()).toBe("finished");
  await page.getByRole("link", { name: "Clear" }).click();
  await page.waitForURL(`${node.url}/matches`);
  expect(errors).toEqual([]);
});

test("without scripts the filter works all the same", async () => {
  const node = await consoleNode();
  const { page } = await browser.visit({ url: node.url, javaScriptEnabled: false });
  await page.goto(`${node.url}/matches`);
  await page.getByLabel("Status").selectOption("scheduled");
  await page.getByLabel("to", { exact: true }).fill("2017-01-14");
  await page.getByRole("button", { name: "Show" }).click();
  await page.waitForURL(/status=scheduled/);
  const told = await api(node, "status=scheduled&to=2017-01-14");
  expect(await idsOn(page)).toEqual(told.matches.map(({ id }) => id));
  await page.getByRole("link", { name: "Fulham – Reading" }).click();
  await page.getByRole("heading", { level: 1, name: "Fulham – Reading" }).waitFor();
});

test("pages go on where the one before ended, with the filter, and every match stands on one of them", async () => {
  const lives = many(120);
  const node = await consoleNode({ lives });
  const { page } = await browser.visit({ url: node.url });
  await page.goto(`${node.url}/matches?competition=pl&purpose=live`);
  const seen = [await idsOn(page)];
  for (let pages = 0; pages < 2; pages++) {
    await leads(page, () => page.getByRole("link", { name: "Next page" }).click());
    expect(await page.getByLabel("Competition").inputValue()).toBe("pl");
    seen.push(await idsOn(page));
  }
  expect(seen.map((ids) => ids.length)).toEqual([50, 50, 20]);
  expect(seen.flat()).toEqual(lives.map(({ id }) => id));
  await page.getByText("End of the list").waitFor();
  await page.getByRole("link", { name: "First page" }).click();
  await page.waitForURL((url) => !url.searchParams.has("cursor"));
  expect(await idsOn(page)).toEqual(seen[0]);
});

test("keys: j and k walk the rows, Enter opens one, ? tells which keys there are", async () => {
  const node = await consoleNode();
  const { page, ...visit } = await browser.visit({ url: node.url });
  await page.goto(`${node.url}/matches`);
  const ids = await idsOn(page);
  const focused = () => page.evaluate<string | null>("document.activeElement.getAttribute('href')");
  await page.keyboard.press("?");
  await page.getByRole("dialog").getByText("next row").waitFor();
  expect(await visit.violations()).toEqual([]);
  await page.keyboard.press("Escape");
  for (const key of ["j", "j", "j", "k"]) await page.keyboard.press(key);
  expect(await focused()).toBe(`/matches/${ids[1]}`);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${node.url}/matches/${ids[1]}`);
});

test("news come by themselves, and the focus stays where it was", async () => {
  const lives = plantedSeason();
  const node = await consoleNode({ lives });
  const { page, errors } = await browser.visit({ url: node.url });
  await page.goto(`${node.url}/matches`);
  await page.getByText("updates itself").waitFor();
  const link = page.getByRole("link", { name: "Arsenal – Chelsea" });
  await link.focus();
  await page.evaluate(
    "globalThis.lost = 0; document.addEventListener('htmx:oobAfterSwap', () => { if (document.activeElement === document.body) lost++; });",
  );
  const life = lives.find(({ id }) => id === planted.covered);
  if (life === undefined) throw new Error("it is not planted");
  await node.write(life.at(seasonNow + 3 * hour).finished(4, 3));
  await page.getByRole("cell", { name: "4:3" }).waitFor();
  await expect
    .poll(() => page.evaluate<string>("document.activeElement.getAttribute('href')"))
    .toBe(`/matches/${planted.covered}`);
  // Nor was it away in between, when a key would have found none.
  expect(await page.evaluate("lost")).toBe(0);
  expect(errors).toEqual([]);
});

describe("what cannot be read is told, and never shown back", () => {
  test.each([
    ["status=%3Cscript%3E", "status:"],
    ["from=2017-02-31", "from:"],
    [`season=${"x".repeat(101)}`, "season:"],
    ["cursor=%22%3E%3Cb%3E", "cursor:"],
    ["cursor=AAAAAAAAMTIzLng", "cursor"],
  ])("%s", async (query, name) => {
    const node = await consoleNode();
    const response = await fetch(`${node.url}/matches?${query}`);
    const html = await response.text();
    expect([response.status, html.includes("This filter cannot be read"), html.includes(name)]).toEqual([
      400,
      true,
      true,
    ]);
    expect(html.slice(html.indexOf("<main"))).not.toMatch(/<script>|<b>|x{100}/);
  });

  test("a cursor of another filter is refused: its place may not be in this list", async () => {
    const node = await consoleNode({ lives: many(60) });
    const first = await (await fetch(`${node.url}/matches?competition=pl`)).text();
    const cursor = /cursor=([\w-]+)/.exec(first)?.[1];
    const status = async (query: string) => (await fetch(`${node.url}/matches?${query}`)).status;
    expect(await status(`competition=pl&cursor=${cursor}`)).toBe(200);
    expect(await status(`season=2016-17&cursor=${cursor}`)).toBe(400);
  });

  test("the page that says so is sound", async () => {
    const node = await consoleNode();
    const { page, ...visit } = await browser.visit({ url: node.url, viewport: narrow });
    await page.goto(`${node.url}/matches?from=yesterday`);
    await page.getByText("write a day like 2016-08-13").waitFor();
    expect(await visit.violations()).toEqual([]);
    expect(await visit.overflow()).toBe(0);
  });
});

test("nothing known, nothing that fits, nothing recent: each is said", async () => {
  const text = async (node: ConsoleNode, path: string) => (await fetch(node.url + path)).text();
  const empty = await consoleNode({ lives: [] });
  expect(await text(empty, "/matches")).toContain("No match is known yet");
  const node = await consoleNode();
  expect(await text(node, "/matches?season=1999-00")).toContain("No match fits this filter");
  node.jump(seasonNow + 400 * day);
  const old = await text(node, "/matches");
  expect(old).toContain(`/matches/${planted.settled}`);
  expect(old).not.toContain("From the first match on");
});

test("while NATS is away it shows what was known, and says that it is old", async () => {
  const node = await consoleNode();
  node.connect(false);
  const { page, ...visit } = await browser.visit({ url: node.url });
  await page.goto(`${node.url}/matches`);
  await page.getByText("NATS does not answer").waitFor();
  await page.getByRole("link", { name: "Arsenal – Chelsea" }).waitFor();
  expect(await visit.violations()).toEqual([]);
});

test("fifty matches with the worst of names: inert, and below 100 kB", async () => {
  const node = await consoleNode({ lives: many(60, () => [hostile.repeat(100), "\u202E".repeat(10_000)]) });
  const html = await (await fetch(`${node.url}/matches`)).text();
  expect(Buffer.byteLength(html)).toBeLessThan(100_000);
  for (const raw of ["<img", "\u202e", "\u0000", "\u0007"]) expect(html).not.toContain(raw);
  const { page, ...visit } = await browser.visit({ url: node.url, viewport: narrow });
  await page.goto(`${node.url}/matches`);
  expect(await page.title()).toBe("Matches · fulltime");
  expect([visit.errors, await visit.overflow(), await visit.violations()]).toEqual([[], 0, []]);
});
