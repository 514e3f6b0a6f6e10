import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { z } from "zod";
import { newToken, sha256Of } from "../../../src/http/access/token-hash.ts";
import type { eventsSchema } from "../../../src/http/match-events.ts";
import type { MatchShown } from "../../../src/http/match-schema.ts";
import type { ModelAnswer } from "../../../src/match/event.ts";
import { leads, narrow, testBrowser, wide } from "../../support/browser.ts";
import { type ConsoleNode, consoleNode } from "../../support/console-node.ts";
import { hostile, planted, plantedSeason, seasonNow } from "../../support/console-season.ts";
import { failedModel, type History, history, hour, minute, second, tip } from "../../support/history.ts";

const browser = testBrowser();

async function api(node: ConsoleNode, id: string): Promise<MatchShown> {
  return (await (await fetch(`${node.url}/api/matches/${id}`)).json()) as MatchShown;
}

async function eventsOf(node: ConsoleNode, id: string): Promise<z.infer<typeof eventsSchema>> {
  return (await (await fetch(`${node.url}/api/matches/${id}/events?limit=200`)).json()) as never;
}

/** Cells of a table's body, row by row. */
async function rowsOf(page: Page, caption: string | RegExp): Promise<string[][]> {
  const rows = await page.getByRole("table", { name: caption }).locator("tbody tr").all();
  return Promise.all(rows.map(async (it) => (await it.locator("th, td").allTextContents()).map((text) => text.trim())));
}

/** One attribute of all that are found, in the order of the page. */
async function attributesOf(found: Locator, name: string): Promise<(string | null)[]> {
  return Promise.all((await found.all()).map((it) => it.getAttribute(name)));
}

function lifeOf(lives: readonly History[], id: string): History {
  const life = lives.find((it) => it.id === id);
  if (life === undefined) throw new Error(`${id} is not planted`);
  return life;
}

/** A life up to the settlement, on the page of a node that knows nothing else. */
function begun(id = "pl-2016-17-a-b"): History {
  return history(id, seasonNow - 60 * hour)
    .scheduled({ kickoff: seasonNow - 4 * hour })
    .at(seasonNow - 10 * hour)
    .requested("analyse")
    .after(minute)
    .analysed();
}

const panel = Array.from({ length: 42 }, (_, at) => ({ model: `member-number-${at}`, version: "1" }));

function wave(at: number): ModelAnswer[] {
  return panel.map(({ model }, n): ModelAnswer => ({ ...tip(model, (n + at) % 4, n % 3), cost: 0.0012 }));
}

describe.each([
  ["wide, light", { viewport: wide, colorScheme: "light" as const }],
  ["narrow, dark", { viewport: narrow, colorScheme: "dark" as const }],
])("%s", (_, options) => {
  test("a match is sound whatever has become of it", { timeout: 60_000 }, async () => {
    const node = await consoleNode();
    const { page, ...visit } = await browser.visit({ url: node.url, timezoneId: "Europe/Berlin", ...options });
    for (const id of [
      planted.settled,
      planted.late,
      planted.inFlight,
      planted.missed,
      planted.unsettled,
      planted.dismissed,
      planted.hostile,
    ]) {
      await page.goto(`${node.url}/matches/${id}`);
      await page.getByRole("heading", { name: "Life" }).waitFor();
      expect([id, await visit.violations()]).toEqual([id, []]);
      expect([id, await visit.shift(), await visit.overflow()]).toEqual([id, 0, 0]);
    }
    await page.goto(`${node.url}/matches/${planted.hostile}/events`);
    expect([await visit.violations(), await visit.overflow()]).toEqual([[], 0]);
    await page.goto(`${node.url}/matches/${planted.missed}/backfill`);
    expect([await visit.violations(), await visit.overflow()]).toEqual([[], 0]);
    expect([visit.errors, visit.strangers]).toEqual([[], []]);
  });
});

describe("what is shown is what the API tells", () => {
  test("stages, answers, settlement and failures of one sequence", async () => {
    const node = await consoleNode();
    const { page } = await browser.visit({ url: node.url, javaScriptEnabled: false });
    await page.goto(`${node.url}/matches/${planted.late}`);
    const told = await api(node, planted.late);
    expect(await page.getByText(`#${told.version}`, { exact: true }).count()).toBeGreaterThan(0);
    const stages = await page.getByRole("table", { name: "Due, done, and how late" }).locator("tbody tr").all();
    const instants = await Promise.all(stages.map((it) => attributesOf(it.locator("time"), "datetime")));
    expect(instants).toEqual(told.stages.map(({ due, doneAt }) => [due, doneAt]));
    const late = (await rowsOf(page, "Due, done, and how late")).map((cells) => [cells[1], cells[4], cells[5]]);
    expect(late).toEqual([
      ["✓ analysis done", "1 min", "0"],
      ["✓ line-ups done", "1 min", "0"],
      ["▲ predictions done late", "11 min", "0"],
      ["✓ settlement done", "1 min", "0"],
    ]);
    const answers = await rowsOf(page, /that count/);
    const counting = told.answers.toSorted((a, b) => (b.points ?? 0) - (a.points ?? 0));
    expect(answers).toEqual([
      ...counting.map((it) => [
        it.model,
        `${it.tip.home}:${it.tip.away}`,
        ...(["home", "draw", "away"] as const).map((of) => `${(100 * it.probabilities[of]).toFixed(1)} %`),
        "yes",
        String(it.points),
        "0",
        `#${it.sequence}`,
      ]),
      [
        told.outcomes[0]?.model,
        "–",
        "",
        "",
        "",
        expect.stringContaining("failed, permanent"),
        "–",
        "0",
        expect.any(String),
      ],
    ]);
    const { home, draw, away } = told.settlement?.quotas ?? {};
    await page.getByText(`${home} / ${draw} / ${away}`, { exact: true }).waitFor();
  });

  test("its life: every event, newest first, with its author, its cause and how late it was", async () => {
    const node = await consoleNode();
    const { page } = await browser.visit({ url: node.url });
    await page.goto(`${node.url}/matches/${planted.late}`);
    const { events } = await eventsOf(node, planted.late);
    const items = await page.locator(".life li").all();
    expect(await Promise.all(items.map((it) => it.getAttribute("id")))).toEqual(
      events.map(({ sequence }) => `e${sequence}`).toReversed(),
    );
    for (const [at, event] of events.toReversed().entries()) {
      const text = (await items[at]?.textContent()) ?? "";
      if (!("type" in event)) throw new Error("all of them are events");
      expect(text).toContain(`by ${event.actor}`);
      expect(text.includes("from #")).toBe(event.cause !== null);
      if (event.cause !== null) expect(text).toContain(`from #${event.cause}`);
      if (event.lateMs !== null) expect(text).toContain(`${event.lateMs / 60_000} min after due`);
    }
    await page.getByText("11 min after due").waitFor();
  });

  test("failures, their causes and attempts, and who dismissed them", async () => {
    const node = await consoleNode();
    const { page } = await browser.visit({ url: node.url });
    await page.goto(`${node.url}/matches/${planted.dismissed}`);
    const [failure] = (await api(node, planted.dismissed)).failures;
    const notice = page.locator(".notice", { hasText: "Settlement failed" });
    const text = (await notice.textContent()) ?? "";
    expect(text).toContain(`${failure?.category}`);
    expect(text).toContain(`Attempt ${failure?.attempt} of ${failure?.of}`);
    expect(text).toContain(`event #${failure?.sequence}`);
    expect(text).toContain("Dismissed by anna: abandoned cup tie");
  });
});

describe("the forecast", () => {
  test("the heat map's figures are those of the table beside it, and sum to the panel's chances", async () => {
    const node = await consoleNode();
    const { page } = await browser.visit({ url: node.url });
    await page.goto(`${node.url}/matches/${planted.settled}`);
    await page.getByText("The figures").click();
    const figures = await rowsOf(page, /^Chance of each score/);
    const shares = figures.map((row) => row.slice(1).map((cell) => Number.parseFloat(cell)));
    expect(shares.map((row) => row.length)).toEqual([7, 7, 7, 7, 7, 7, 7]);
    const drawn = await page.locator(".heat-map text.middle:not(.tips)").allTextContents();
    const inCells = drawn.filter((text) => /^\d+\.\d$/.test(text)).map(Number);
    expect(inCells).toEqual(shares.flat());
    const draws = shares.reduce((sum, row, at) => sum + (row[at] ?? 0), 0);
    // The mean of 25 and 31 %; each cell is rounded.
    expect(Math.abs(draws - 28)).toBeLessThan(0.4);
    expect(figures[2]?.[2]).toBe("8.7 %, 1 tip, result");
    expect(await page.locator(".heat-map .hit").count()).toBe(1);
    expect(await page.locator(".dots circle").count()).toBe(6);
    expect(await rowsOf(page, /^Spread of tips/)).toMatchObject([
      ["1:1", "1", "50.0 %", ""],
      ["2:1 ✓ result", "1", "50.0 %", ""],
    ]);
    expect(await rowsOf(page, /^Mean of 2 answers/)).toEqual([
      ["home", "44.0 %", "38.0 %", "50.0 %", "3", "✓ happened"],
      ["draw", "28.0 %", "25.0 %", "31.0 %", "3", "–"],
      ["away", "28.0 %", "25.0 %", "31.0 %", "6", "–"],
    ]);
  });
});

test("corrections stand side by side, each with the settlement that was made of it", async () => {
  const life = begun()
    .at(seasonNow - 270 * minute)
    .requested("predict")
    .predicted([tip("elo", 2, 1), tip("poisson", 1, 1), tip("pi", 0, 0)])
    .at(seasonNow - 2 * hour)
    .scheduled({ status: "finished" })
    .finished(2, 1)
    .requested("settle")
    .settled()
    .after(hour)
    .finished(1, 1)
    .requested("settle")
    .settled();
  const node = await consoleNode({ lives: [life] });
  const { page } = await browser.visit({ url: node.url });
  await page.goto(`${node.url}/matches/${life.id}`);
  const rows = Object.fromEntries(
    (await rowsOf(page, "2 revisions of the result, side by side")).map(([name, ...cells]) => [name, cells]),
  );
  expect(rows["After 90 minutes"]).toEqual(["2:1", "1:1"]);
  const [first, second] = node.events("match.settled");
  expect(rows["Settlements"]).toEqual([`#${first?.sequence}`, `#${second?.sequence}`]);
  const total = (of: typeof first) => String(of?.data.points.reduce((sum, it) => sum + it.points, 0));
  expect(rows["Points in all"]).toEqual([total(first), total(second)]);
  await page.getByText("3 models with other points than before").click();
  const moved = await rowsOf(page, "Points under each settlement");
  expect(moved.map(([model]) => model)).toEqual(["elo", "pi", "poisson"]);
  expect(moved.map(([, , now]) => now)).toEqual(
    ["elo", "pi", "poisson"].map((model) => String(second?.data.points.find((it) => it.model === model)?.points)),
  );
});

describe("a page stays below 100 kB", () => {
  test("four waves of 42 answers in each of two rounds, with requests and settlements", async () => {
    const life = begun();
    for (let round = 1; round <= 2; round++) {
      if (round === 2)
        life
          .scheduled({ kickoff: seasonNow + 48 * hour })
          .requested("analyse", { round })
          .analysed();
      life.requested("predict", { round, roster: panel });
      for (let at = 0; at < 4; at++) life.after(second).predicted(wave(at));
    }
    const node = await consoleNode({ lives: [life] });
    const answers = (await api(node, life.id)).answers;
    expect(answers).toHaveLength(336);
    const { page } = await browser.visit({ url: node.url });
    const size = async () => Buffer.byteLength(await (await fetch(page.url())).text());
    await page.goto(`${node.url}/matches/${life.id}`);
    expect(await size()).toBeLessThan(100_000);
    const seen = new Map<string, number>();
    for (const round of [1, 2]) {
      await page.goto(`${node.url}/matches/${life.id}?round=${round}`);
      for (;;) {
        expect(await size()).toBeLessThan(100_000);
        const table = page.getByRole("table", { name: new RegExp(`in round ${round}`) });
        for (const name of await table.locator("tbody th").allTextContents()) seen.set(name, (seen.get(name) ?? 0) + 1);
        const more = page.getByRole("link", { name: /more answers$/ });
        if ((await more.count()) === 0) break;
        await leads(page, () => more.click());
      }
    }
    expect(seen.size).toBe(42);
    expect(new Set(seen.values())).toEqual(new Set([8]));
  });

  test("a long life is paged: every event stands on one of its pages, in order", async () => {
    const life = begun().requested("predict", { roster: panel });
    for (const { model } of panel)
      life.after(second).predicted([tip(model), failedModel(`${model} again`, "permanent")]);
    for (let at = 0; at < 40; at++) life.after(minute).requested("predict", { attempt: at + 2, roster: panel });
    const node = await consoleNode({ lives: [life] });
    const { page } = await browser.visit({ url: node.url });
    await page.goto(`${node.url}/matches/${life.id}`);
    const seen: (string | null)[] = [];
    for (;;) {
      expect(Buffer.byteLength(await (await fetch(page.url())).text())).toBeLessThan(100_000);
      seen.push(...(await attributesOf(page.locator(".life li"), "id")));
      const earlier = page.getByRole("link", { name: /earlier$/ });
      if ((await earlier.count()) === 0) break;
      await leads(page, () => earlier.click());
    }
    expect(seen).toEqual(life.events.map(({ sequence }) => `e${sequence}`).toReversed());
  });

  test("raw events are paged by what they hold: whole, in order, as they are stored", async () => {
    const life = begun().requested("predict", { roster: panel });
    for (let at = 0; at < 8; at++) life.after(second).predicted(wave(at));
    const node = await consoleNode({ lives: [life] });
    const { page } = await browser.visit({ url: node.url });
    await page.goto(`${node.url}/matches/${life.id}/events`);
    const bodies: unknown[] = [];
    for (;;) {
      expect(Buffer.byteLength(await (await fetch(page.url())).text())).toBeLessThan(100_000);
      for (const text of await page.locator("pre").allTextContents()) bodies.push(JSON.parse(text));
      const more = page.getByRole("link", { name: /^\d+ more$/ });
      if ((await more.count()) === 0) break;
      await leads(page, () => more.click());
    }
    const stored = node.server.messages
      .filter(({ subject }) => subject.startsWith(`match.${life.id}.`))
      .map(({ body }) => JSON.parse(new TextDecoder().decode(body)) as unknown);
    expect(bodies).toEqual(stored);
  });

  test("texts of 10 kB everywhere", async () => {
    const long = (hostile + "\u202E&<'\"").repeat(90);
    const life = begun()
      .scheduled({ teams: { home: { id: "a", name: long }, away: { id: "b", name: long } }, matchday: long })
      .requested("predict")
      .predicted([{ ...tip(long, 1, 0) }, { ...failedModel(`${long}2`, "permanent"), reason: long }])
      .at(seasonNow - 2 * hour)
      .finished()
      .requested("settle")
      .failed("settle", { category: "permanent", reason: hostile, fingerprint: long })
      .retry({ by: long, reason: long });
    for (let at = 0; at < 30; at++)
      life.event("match.request.rejected", { request: long, letter: at, reasons: [{ code: "x", text: long }] });
    const node = await consoleNode({ lives: [life] });
    const { page, ...visit } = await browser.visit({ url: node.url, viewport: narrow });
    for (const path of ["", "/events"]) {
      const response = await fetch(`${node.url}/matches/${life.id}${path}`);
      const html = await response.text();
      expect([response.status, Buffer.byteLength(html) < 100_000]).toEqual([200, true]);
      for (const raw of ["<img", "\u202e", "\u0000", "\u0007"]) expect(html).not.toContain(raw);
      await page.goto(`${node.url}/matches/${life.id}${path}`);
      expect(await page.title()).toContain("· fulltime");
      expect([path, visit.errors, await visit.overflow(), await visit.violations()]).toEqual([path, [], 0, []]);
    }
  });
});

describe("what can be done", () => {
  test("a settlement is tried again, in a dialog, with its reason", async () => {
    const node = await consoleNode({ working: "nobody" });
    const { page, ...visit } = await browser.visit({ url: node.url });
    await page.goto(`${node.url}/matches/${planted.unsettled}`);
    const form = page.locator("form#retry");
    await form.getByLabel("Reason").fill("the models are back");
    await form.getByRole("button", { name: "Retry its settlement" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("No model is called").waitFor();
    expect(await visit.violations()).toEqual([]);
    expect(node.events("operator.requested")).toEqual([]);
    await dialog.getByRole("button", { name: "Retry its settlement" }).click();
    await page.getByText("1 accepted").waitFor();
    expect(node.events("operator.requested")).toMatchObject([
      {
        data: {
          principal: "local",
          order: { what: "settlement.retry", matchIds: [planted.unsettled], reason: "the models are back" },
        },
      },
    ]);
  });

  test("a failure is dismissed with a reason and put back, by forms alone", async () => {
    const node = await consoleNode();
    const { page } = await browser.visit({ url: node.url, javaScriptEnabled: false });
    await page.goto(`${node.url}/matches/${planted.unsettled}`);
    await page.getByLabel("Why (needed, kept in the log)").fill("cup tie");
    await page.getByRole("button", { name: "Dismiss this failure" }).click();
    await page.getByText("cup tie").waitFor();
    await expect.poll(() => node.events("match.failure.dismissed").length).toBe(2);
    await page.goto(`${node.url}/matches/${planted.unsettled}`);
    await page.getByText("Dismissed by local: cup tie").waitFor();
    await page.getByRole("button", { name: "Put it back on the list of failures" }).click();
    await expect.poll(() => node.events("match.failure.restored").length).toBe(1);
  });

  test("a backfill is previewed, and what is confirmed is what was shown", async () => {
    const node = await consoleNode();
    const { page, errors } = await browser.visit({ url: node.url });
    await page.goto(`${node.url}/matches/${planted.missed}`);
    await page.getByRole("link", { name: "Backfill what it lacks" }).click();
    await page.getByText("Model calls").first().waitFor();
    await page.getByRole("button", { name: "Backfill 1 match" }).first().click();
    await page.getByRole("dialog").getByRole("button", { name: "Backfill 1 match" }).click();
    await page.waitForURL(/\/requests\//);
    expect(node.events("operator.requested")).toMatchObject([
      {
        data: {
          order: { what: "backfill", matchIds: [planted.missed] },
          planHash: expect.stringMatching(/^[0-9a-f]{16}$/),
        },
      },
    ]);
    expect(errors).toEqual([]);
  });

  test("a plan that has become another is not run: the page says what has changed", async () => {
    const lives = plantedSeason();
    const node = await consoleNode({ lives });
    const { page } = await browser.visit({ url: node.url, javaScriptEnabled: false });
    await page.goto(`${node.url}/matches/${planted.missed}/backfill`);
    await node.write(
      lifeOf(lives, planted.missed)
        .at(seasonNow)
        .retro({ stages: ["analyse", "predict"] }),
    );
    await page.getByRole("button", { name: "Backfill 1 match" }).click();
    await page.getByText("the plan you saw is no longer what would run").waitFor();
    expect(node.events("operator.requested")).toEqual([]);
  });

  test("what can be done follows the match; a reason that is being written stays, and the page is no newer than it", async () => {
    const node = await consoleNode();
    const { page } = await browser.visit({ url: node.url });
    const here = `${node.url}/matches/${planted.unsettled}`;
    await page.goto(here);
    await page.getByText("updates itself").waitFor();
    const reason = page.getByLabel("Why (needed");
    await reason.fill("abandoned");
    await page.getByRole("button", { name: "Pause" }).click();
    const anew = page.waitForResponse(here);
    await page.getByRole("button", { name: "Go on" }).click();
    await anew;
    await reason.focus();
    const asOf = await page.locator("#as-of").innerText();
    const fetched = page.waitForResponse(here);
    await fetch(`${node.url}/api/admin/settlement/retry`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ matchIds: [planted.unsettled] }),
    });
    await fetched;
    await page.getByText("retry asked for").first().waitFor();
    expect([await page.locator("#as-of").innerText(), await reason.inputValue()]).toEqual([asOf, "abandoned"]);
    await page.keyboard.press("Tab");
    await page.getByRole("button", { name: "Dismiss this failure" }).waitFor({ state: "detached" });
    await page.getByText(`As of sequence ${node.node.readModel.sequence()}`).waitFor();
  });

  test("nothing is offered that would be refused, and nothing to who may only read", async () => {
    const token = newToken();
    const node = await consoleNode();
    const html = await (await fetch(`${node.url}/matches/${planted.settled}`)).text();
    expect(html).not.toMatch(/Backfill what|Retry its|Dismiss this/);
    const access = { principals: [{ name: "rita", scope: "read" as const, token: sha256Of(token) }] };
    const guarded = await consoleNode({ access });
    const asked = { headers: { Authorization: `Bearer ${token}` } };
    const seen = await (await fetch(`${guarded.url}/matches/${planted.unsettled}`, asked)).text();
    expect(seen).toContain("West Ham – Leicester");
    expect(seen).not.toMatch(/Backfill what|Retry its|Dismiss this|<form method="post" action="\/matches/);
    for (const action of ["retry", "dismiss", "restore", "backfill"]) {
      const response = await fetch(`${guarded.url}/matches/${planted.unsettled}/${action}`, {
        method: "POST",
        ...asked,
      });
      expect([action, response.status]).toEqual([action, 403]);
    }
    expect(guarded.events("operator.requested")).toEqual([]);
  });
});

describe("states", () => {
  test.each(["pl-2016-17-nobody-nowhere", "%3Cscript%3E", "retro", "a".repeat(151)])(
    "there is no match %s: a page says so",
    async (id) => {
      const { url } = await consoleNode();
      for (const path of ["", "/events", "/backfill"]) {
        const response = await fetch(`${url}/matches/${id}${path}`);
        const html = await response.text();
        expect([path, response.status, response.headers.get("Content-Type")]).toEqual([
          path,
          404,
          "text/html; charset=UTF-8",
        ]);
        expect(html).toContain("There is no match of that id");
        expect(html).not.toContain("<script>");
      }
    },
  );

  test("messages of a match that nobody has scheduled, one of them unreadable", async () => {
    const node = await consoleNode({ lives: [] });
    const id = "pl-2016-17-broken-beyond";
    const broken = new TextEncoder().encode(`{"broken": "${hostile}`);
    await node.node.readModel.reached(node.server.publish(`match.${id}.predicted`, broken));
    const life = history(id).event("match.request.rejected", {
      request: "{}",
      letter: 1,
      reasons: [{ code: "unknown", text: "no such match" }],
    });
    await node.write(life);
    const { page, ...visit } = await browser.visit({ url: node.url });
    await page.goto(`${node.url}/matches/${id}`);
    await page.getByText("Nobody has scheduled this match").waitFor();
    await page.getByText("unreadable: not-json").waitFor();
    expect(await visit.violations()).toEqual([]);
    await page.goto(`${node.url}/matches/${id}/events`);
    await page.getByText('{"broken"').waitFor();
    expect([await visit.violations(), visit.errors]).toEqual([[], []]);
  });

  test("while NATS is away what was known stands, and what is only in the log says so", async () => {
    const node = await consoleNode();
    node.connect(false);
    const { page, ...visit } = await browser.visit({ url: node.url });
    await page.goto(`${node.url}/matches/${planted.settled}`);
    await page.getByText("NATS does not answer").waitFor();
    await page.getByText("The log does not answer", { exact: true }).waitFor();
    await page.getByText("Who asked for what is in the log, which does not answer").waitFor();
    await page.getByText("In which waves they came is in the log, which does not answer now.").waitFor();
    await page.getByText("Whether it was corrected is in the log, which does not answer now.").waitFor();
    await page.getByRole("table", { name: "Due, done, and how late" }).waitFor();
    expect([await visit.violations(), await visit.shift(), visit.errors]).toEqual([[], 0, []]);
    const response = await fetch(`${node.url}/matches/${planted.settled}/events`);
    expect([response.status, (await response.text()).includes("NATS does not answer")]).toEqual([503, true]);
  });

  test("news of this match come by themselves, the figures stay open, and the focus where it was", async () => {
    const lives = plantedSeason();
    const node = await consoleNode({ lives });
    const { page, errors } = await browser.visit({ url: node.url });
    await page.goto(`${node.url}/matches/${planted.covered}`);
    await page.getByText("The figures").click();
    const cause = page.locator(".life").getByRole("link", { name: /^#/ }).last();
    await cause.focus();
    const focused = await cause.getAttribute("href");
    await node.write(
      lifeOf(lives, planted.covered)
        .at(seasonNow + 3 * hour)
        .finished(3, 2)
        .requested("settle")
        .settled(),
    );
    await page.getByRole("heading", { name: "Result and settlement" }).waitFor();
    await page.locator(".life li", { hasText: "settled" }).waitFor();
    expect(await page.locator("figure details[open]").count()).toBe(1);
    await expect.poll(() => page.evaluate<string>("document.activeElement.getAttribute('href')")).toBe(focused);
    expect(errors).toEqual([]);
  });
});

test("by the keyboard alone: along its life, to the raw event, and back", async () => {
  const node = await consoleNode();
  const { page } = await browser.visit({ url: node.url });
  await page.goto(`${node.url}/matches/${planted.settled}`);
  const [newest] = (await eventsOf(node, planted.settled)).events.toReversed();
  await page.keyboard.press("j");
  expect(await page.evaluate<string>("document.activeElement.textContent")).toBe(`#${newest?.sequence}`);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/events\?from=/);
  await page.getByRole("heading", { name: `#${newest?.sequence} match.${planted.settled}.settled` }).waitFor();
  await page.goBack();
  await page.getByRole("heading", { name: "Spurs – Villa" }).waitFor();
});

test("the line for the nats CLI is copied whole", async () => {
  const node = await consoleNode();
  const { page, errors } = await browser.visit({ url: node.url, permissions: ["clipboard-read", "clipboard-write"] });
  await page.goto(`${node.url}/matches/${planted.settled}`);
  await page.getByRole("button", { name: "Copy" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  expect(await page.evaluate("navigator.clipboard.readText()")).toBe(
    `nats stream view MATCHES --subject 'match.${planted.settled}.>'`,
  );
  expect(errors).toEqual([]);
});
