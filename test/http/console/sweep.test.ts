import { expect, test } from "vitest";
import { testBrowser, type Visit } from "../../support/browser.ts";
import { type ConsoleNode, consoleNode } from "../../support/console-node.ts";
import { hostile, planted, plantedSeason, seasonNow } from "../../support/console-season.ts";
import { type History, history, hour } from "../../support/history.ts";

const browser = testBrowser();
/** 1,280 px at 400 %. */
const magnified = { width: 320, height: 256 };
/** What turns a text's direction, and controls: in nothing that a page shows. A field holds what was typed into it. */
const raw = /[^\P{Cc}\t\n\r]|[\u202a-\u202e\u2066-\u2069]/u;
const query = encodeURIComponent(hostile);

/** Everything that others wrote of it is hostile or long. */
function worst(): History {
  const teams = { home: { id: "bad", name: `Bad ${hostile}` }, away: { id: "worse", name: "W".repeat(10_000) } };
  return history("pl-2016-17-bad-worse", seasonNow - 60 * hour)
    .scheduled({ kickoff: seasonNow + 2 * hour, teams, matchday: hostile })
    .at(seasonNow - hour)
    .requested("analyse")
    .failed("analyse", { category: "permanent", reason: hostile.repeat(20), fingerprint: "http-<b>" });
}

async function backfilled({ url }: ConsoleNode): Promise<string> {
  const response = await fetch(`${url}/api/admin/backfill`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ matchIds: [planted.missed], reason: hostile }),
  });
  return ((await response.json()) as { backfillId: string }).backfillId;
}

/** What is wrong with a page as it stands. */
async function wrongWith({ page, ...visit }: Visit): Promise<unknown[]> {
  const shown = await page.evaluate<string>(`[
    document.title,
    document.body.innerText,
    ...[...document.querySelectorAll("option")].map((it) => it.textContent),
    ...[...document.querySelectorAll("[title], [aria-label], [id]")].flatMap((it) => [it.title, it.ariaLabel, it.id]),
  ].join("\\n")`);
  const found = raw.exec(shown);
  const strange = await page.locator("img, iframe, main script").count();
  return [
    ...(found === null ? [] : [shown.slice(Math.max(0, found.index - 40), found.index + 20)]),
    ...(shown.startsWith("owned") || strange > 0 ? ["something was obeyed"] : []),
    ...((await page.getByRole("heading", { level: 1, includeHidden: true }).count()) === 1 ? [] : ["no heading"]),
    ...(await visit.violations()),
    // Of a refusal the browser itself makes an error.
    ...visit.errors.filter((text) => !text.includes("the server responded with a status of 4")),
    ...visit.strangers,
    ...((await visit.shift()) + (await visit.overflow()) === 0 ? [] : ["it moves, or is too wide"]),
  ];
}

test("every page, refusal and dialog is sound, magnified and with hostile texts in all places", {
  timeout: 120_000,
}, async () => {
  const node = await consoleNode({ lives: [...plantedSeason(), worst()] });
  const both = `match=${planted.hostile}&match=${planted.unsettled}`;
  const lives = [planted.hostile, "pl-2016-17-bad-worse"];
  const paths = [
    "/",
    "/matches",
    "/gaps",
    "/failures",
    "/failures/matches",
    "/backfills",
    "/models",
    "/system",
    `/matches?q=${query}`,
    `/matches?competition=${query}`,
    `/failures/matches?category=${query}`,
    `/models?competition=${query}`,
    `/matches/${query}`,
    `/requests/${query}`,
    `/requests/${await backfilled(node)}`,
    ...lives.flatMap((id) => [`/matches/${id}`, `/matches/${id}/events`]),
    `/failures/plan?what=retry&${both}`,
    `/failures/plan?what=dismiss&${both}`,
    `/matches/${planted.missed}/backfill`,
    "/backfills/plan?days=2",
    "/gaps/plan",
  ];
  const visit = await browser.visit({
    url: node.url,
    viewport: magnified,
    colorScheme: "dark",
    reducedMotion: "reduce",
  });
  const { page } = visit;
  let dialogs = 0;
  for (const path of paths) {
    await page.goto(node.url + path);
    expect([path, await wrongWith(visit)]).toEqual([path, []]);
    for (const button of await page.locator("button[data-confirm]:visible").all()) {
      for (const field of await page.locator("input[required]:visible").all()) await field.fill("because");
      await button.focus();
      await page.keyboard.press("Enter");
      await page.getByRole("dialog").waitFor();
      expect([path, "dialog", await wrongWith(visit)]).toEqual([path, "dialog", []]);
      dialogs++;
      await page.keyboard.press("Escape");
      // The list may be made anew just then, and the focus with it.
      await button.and(page.locator(":focus")).waitFor();
    }
  }
  // Of each kind: cancel, rebuild, retry, dismiss, backfill.
  expect(dialogs).toBeGreaterThanOrEqual(5);
});
