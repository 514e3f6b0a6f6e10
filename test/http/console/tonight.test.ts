import { describe, expect, test } from "vitest";
import { narrow, testBrowser, wide } from "../../support/browser.ts";
import { consoleNode } from "../../support/console-node.ts";
import { hostile, seasonNow } from "../../support/console-season.ts";
import { history, hour, minute, type History } from "../../support/history.ts";

const browser = testBrowser();

const looks = [
  ["wide, light", { viewport: wide, colorScheme: "light" as const }],
  ["narrow, dark", { viewport: narrow, colorScheme: "dark" as const }],
  ["without scripts", { viewport: narrow, javaScriptEnabled: false }],
] as const;

function covered(id: string, kickoff: number): History {
  return history(id, kickoff - 47 * hour)
    .scheduled({ kickoff })
    .at(kickoff - 6 * hour)
    .requested("analyse")
    .after(minute)
    .analysed()
    .at(kickoff - hour)
    .requested("lineups")
    .after(minute)
    .lineups()
    .at(kickoff - 30 * minute)
    .requested("predict")
    .after(minute)
    .predicted();
}

describe.each(looks)("%s", (look, options) => {
  test("a flag that nobody can miss, what is missing, why, and what comes next", async () => {
    const node = await consoleNode();
    const visit = await browser.visit({ url: node.url, timezoneId: "Europe/Berlin", ...options });
    const { page } = visit;
    await page.goto(node.url);
    await page.getByRole("alert").getByText("4 of 5 matches of the next 6 h have a gap").waitFor();
    await page.getByRole("link", { name: "The gaps, and what mends them" }).waitFor();
    const rows = await page.getByRole("list", { name: "Next kick-offs" }).getByRole("listitem").allInnerTexts();
    expect(rows.map((row) => row.replaceAll(/\s+/g, " "))).toEqual([
      expect.stringMatching(/Arsenal – Chelsea ✓ analysis done ✓ line-ups done ✓ predictions done$/),
      expect.stringMatching(/Everton – Watford .*critical .*line-ups given up ◐ predictions in flight .*HTTP 404/),
      expect.stringMatching(/Hull – Stoke .*critical ✕ analysis late .*analysis not asked for Next: will be asked for/),
      expect.stringMatching(/Burnley – Swansea .*warning ▲ analysis failed, retrying .*HTTP 503/),
      expect.stringMatching(/Leeds – Derby .*analysis given up .*Next: asked anew if the kick-off or a team changes/),
    ]);
    await page.getByText("Begun and not settled: 1 match, 1 of them with a gap").waitFor();
    if (look === "without scripts") return;
    expect(await page.locator("canvas").count()).toBe(2);
    expect(await visit.violations()).toEqual([]);
    expect([visit.errors, visit.strangers, await visit.shift(), await visit.overflow()]).toEqual([[], [], 0, 0]);
  });
});

test("it says what the API says at the same sequence", async () => {
  const node = await consoleNode();
  const api = (await (await fetch(`${node.url}/api/admin/pipeline-health`)).json()) as {
    summary: { missed: number };
    gaps: { homeTeam: string; awayTeam: string; hoursUntilKickoff: number; severity: string; reason: string }[];
    failures: { total: number; givenUp: number };
  };
  const { page } = await browser.visit({ url: node.url });
  await page.goto(node.url);
  const ahead = api.gaps.filter((gap) => gap.hoursUntilKickoff > 0 && gap.hoursUntilKickoff <= 6);
  await page.getByText(`${ahead.length} of 5 matches`).waitFor();
  for (const { homeTeam, awayTeam, severity, reason } of ahead) {
    const row = page.getByRole("listitem").filter({ hasText: `${homeTeam} – ${awayTeam}` });
    expect(await row.innerText()).toContain(reason);
    await row.getByText(severity, { exact: true }).waitFor();
  }
  await page.getByText(`${api.summary.missed} matches kicked off with a gap`).waitFor();
  const { total, givenUp } = api.failures;
  await page.getByText(`${total} stages failed; nothing tries ${givenUp} of them again by itself`).waitFor();
});

describe("nothing that is fine takes space", () => {
  test("all are covered: one line, and no failures", async () => {
    const lives = Array.from({ length: 20 }, (_, n) => covered(`pl-2016-17-home-${n}`, seasonNow + (n + 1) * minute));
    const node = await consoleNode({ lives });
    const { page } = await browser.visit({ url: node.url });
    await page.goto(node.url);
    await page.getByText("All 20 matches of the next 6 h are covered").waitFor();
    await page.getByText("8 more matches without a gap").waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
    for (const absent of ["Failures", "Begun and not settled", "This node is degraded"]) {
      expect(await page.getByRole("heading", { name: absent }).count()).toBe(0);
    }
  });

  test("all are covered, as far as is known: without NATS nobody is told that all is well", async () => {
    const node = await consoleNode({ lives: [covered("pl-2016-17-a-b", seasonNow + 20 * minute)] });
    const { page, violations } = await browser.visit({ url: node.url });
    const followed = page.waitForResponse((response) => response.url().includes("/api/changes"));
    await page.goto(node.url);
    await followed;
    await page.getByText("✓ The one match of the next 6 h is covered").waitFor();
    node.connect(false);
    await page.getByText("▲ As far as is known: the one match of the next 6 h is covered").waitFor();
    await page.getByText("at the end of what is known").waitFor();
    expect(await violations()).toEqual([]);
  });

  test("one match is one", async () => {
    const node = await consoleNode({ lives: [covered("pl-2016-17-a-b", seasonNow + 20 * minute)] });
    const { page } = await browser.visit({ url: node.url });
    await page.goto(node.url);
    await page.getByText("The one match of the next 6 h is covered").waitFor();
  });

  test("none is said, with the next one", async () => {
    const node = await consoleNode({
      lives: [history("pl-2016-17-a-b").scheduled({ kickoff: seasonNow + 30 * hour })],
    });
    const visit = await browser.visit({ url: node.url });
    await visit.page.goto(node.url);
    await visit.page.getByRole("status").getByText("No match kicks off in the next 6 h").waitFor();
    await visit.page.getByText("in 1 d 6 h").waitFor();
    expect(await visit.page.getByText("No match kicks off in the next 6 h").count()).toBe(1);
    expect(await visit.violations()).toEqual([]);
  });

  test("an empty log is said", async () => {
    const node = await consoleNode({ lives: [], polled: false });
    const visit = await browser.visit({ url: node.url });
    await visit.page.goto(node.url);
    await visit.page.getByText("None is scheduled after that, as far as the sources have told").waitFor();
    await visit.page.getByText("none was polled yet").waitFor();
    expect([visit.errors, await visit.violations(), await visit.overflow()]).toEqual([[], [], 0]);
  });
});

test("a source that is stale is told with how long, and health's reasons with where they are mended", async () => {
  const node = await consoleNode();
  node.jump(seasonNow + 7 * hour);
  const { page } = await browser.visit({ url: node.url });
  await page.goto(node.url);
  await page.getByText("This node is degraded").waitFor();
  await page.getByText("source-stale").waitFor();
  await page.getByText("1 of 1 source not fresh").waitFor();
  await page.getByText("7 h 30 min ago").waitFor();
});

test("hostile names and reasons are shown and do nothing", async () => {
  const kickoff = seasonNow + hour;
  const teams = {
    home: { id: "a", name: `A ${hostile}` },
    away: { id: "b", name: `\u202e<b onmouseover=alert(1)>${"x".repeat(10_000)}` },
  };
  const life = history("pl-2016-17-a-b", kickoff - 47 * hour)
    .scheduled({ kickoff, teams })
    .at(kickoff - 2 * hour)
    .requested("analyse")
    .failed("analyse", { category: "permanent", reason: hostile });
  const node = await consoleNode({ lives: [life] });
  const visit = await browser.visit({ url: node.url, viewport: narrow });
  await visit.page.goto(node.url);
  await visit.page.getByText("⟨U+202E⟩gnp.exe").first().waitFor();
  expect(await visit.page.title()).toBe("Tonight · fulltime");
  expect(await visit.page.locator("img, b").count()).toBe(0);
  expect([visit.errors, visit.strangers, await visit.overflow(), await visit.violations()]).toEqual([[], [], 0, []]);
});

test("the first load is small and its files are kept", async () => {
  const node = await consoleNode();
  const { page } = await browser.visit({ url: node.url });
  await page.goto(node.url, { waitUntil: "networkidle" }).catch(() => {});
  const sizes = await page.evaluate<number[]>(
    `performance.getEntries().filter((it) => "transferSize" in it).map((it) => it.transferSize)`,
  );
  expect(sizes.length).toBeGreaterThan(5);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(150_000);
  const html = await (await fetch(node.url)).text();
  expect(html.length).toBeLessThan(100_000);
  for (const [, path] of html.matchAll(/(?:src|href)="(\/console\/[^"]+)"/g)) {
    const file = await fetch(`${node.url}${path}`);
    expect(file.headers.get("Cache-Control")).toContain("immutable");
    const again = await fetch(`${node.url}${path}`, { headers: { "If-None-Match": file.headers.get("ETag") ?? "" } });
    expect(again.status).toBe(304);
  }
});
