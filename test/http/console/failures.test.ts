import { describe, expect, test } from "vitest";
import { newToken, sha256Of } from "../../../src/http/access/token-hash.ts";
import { retrySchema } from "../../../src/http/calls/retry.ts";
import { failedSettlementsSchema } from "../../../src/http/failed-settlements.ts";
import { pipelineHealthSchema } from "../../../src/http/pipeline-health.ts";
import { groupFailures } from "../../../src/match/failed-settlements.ts";
import { matchBook } from "../../../src/projections/book.ts";
import { narrow, testBrowser, wide } from "../../support/browser.ts";
import { type ConsoleNode, consoleNode } from "../../support/console-node.ts";
import { hostile, planted, plantedSeason, seasonNow } from "../../support/console-season.ts";
import { hour, type History, history, minute } from "../../support/history.ts";

const browser = testBrowser();
const looks = [
  ["wide, light", { viewport: wide, colorScheme: "light" as const, timezoneId: "Europe/Berlin" }],
  ["narrow, dark", { viewport: narrow, colorScheme: "dark" as const, timezoneId: "UTC" }],
] as const;
const list = "/failures/matches?stage=settle&category=no-predictions";

async function read(node: ConsoleNode, path: string): Promise<string> {
  return (await fetch(node.url + path)).text();
}

/** A match whose settlement failed like this. */
function failing(id: string, fingerprint: string, at = seasonNow - 6 * hour): History {
  return history(id, at - 7 * hour)
    .scheduled({ kickoff: at })
    .after(hour)
    .requested("analyse")
    .analysed()
    .at(at + 2 * hour)
    .finished()
    .requested("settle")
    .failed("settle", { category: "bug", reason: `it threw ${fingerprint}`, fingerprint });
}

/** As a browser without scripts would send it. */
async function formOf(node: ConsoleNode, path: string, action: string): Promise<URLSearchParams> {
  const html = await read(node, path);
  const form = new RegExp(`<form method="post" action="${action}".*?</form>`, "s").exec(html)?.[0] ?? "";
  const fields = [...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
  return new URLSearchParams(fields.map(([, name = "", value = ""]): [string, string] => [name, value]));
}

function send(node: ConsoleNode, action: string, form: URLSearchParams): Promise<Response> {
  return fetch(node.url + action, { method: "POST", body: form, redirect: "manual" });
}

describe.each(looks)("%s", (_, options) => {
  test("by category and cause, as the API and the command line have them", async () => {
    const node = await consoleNode({
      lives: [
        ...plantedSeason(),
        failing("pl-2016-17-aa-bb", "thrown-a"),
        failing("pl-2016-17-cc-dd", "thrown-a", seasonNow - 8 * hour),
        failing("pl-2016-17-ee-ff", "thrown-b"),
      ],
    });
    const { page, ...visit } = await browser.visit({ url: node.url, ...options });
    await page.goto(`${node.url}/failures`);
    await page.getByText(`As of sequence ${node.node.readModel.sequence()}`).waitFor();
    const health = pipelineHealthSchema.parse(
      await (await fetch(`${node.url}/api/admin/pipeline-health`)).json(),
    ).failures;
    const links = page.locator("main section > p > a");
    const counts = (await links.allInnerTexts()).map((text) => Number(/^\d+/.exec(text)?.[0]));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(health.total);
    const settlements = failedSettlementsSchema.parse(
      await (await fetch(`${node.url}/api/admin/settlement-failures`)).json(),
    );
    await page.getByRole("link", { name: `Preview a retry of all ${settlements.total} failed settlements` }).waitFor();
    const groups = groupFailures(matchBook(node.node.readModel).failedSettlements());
    expect(groups.map(({ category, count }) => [category, count])).toContainEqual(["bug", 2]);
    for (const { category, fingerprint, count, givenUp, reason } of groups) {
      const row = page
        .getByRole("region", { name: `Causes of settlement ${category}` })
        .getByRole("row")
        .filter({ hasText: fingerprint });
      const cells = await row.getByRole("cell").allInnerTexts();
      expect([cells[0], cells[1], cells.at(-1)]).toEqual([String(count), String(givenUp), reason]);
    }
    expect(await visit.violations()).toEqual([]);
    expect([visit.errors, visit.strangers, await visit.shift(), await visit.overflow()]).toEqual([[], [], 0, 0]);

    await page.getByRole("link", { name: "thrown-a" }).click();
    await page.getByText("2 failures, by match id").waitFor();
    expect(await visit.violations()).toEqual([]);
    await page.getByRole("button", { name: "Preview a retry of all 2" }).click();
    await page.getByText("with the cause thrown-a").waitFor();
    await page.getByRole("button", { name: "Retry 2 settlements" }).click();
    await page.getByRole("dialog").getByText("0 model calls").waitFor();
    expect(await visit.violations()).toEqual([]);
    await page.getByRole("dialog").getByRole("button", { name: "Retry 2 settlements" }).click();
    await page.getByText("2 accepted").waitFor();
    expect(node.events("match.retry.requested")).toHaveLength(2);
    expect([visit.errors, visit.strangers, await visit.shift(), await visit.overflow()]).toEqual([[], [], 0, 0]);
  });

  test("dismissed with a reason, and undone on the spot", async () => {
    const node = await consoleNode();
    const { page, ...visit } = await browser.visit({ url: node.url, ...options });
    await page.goto(node.url + list);
    await page.getByLabel(`Tick ${planted.unsettled}`).check();
    await page.getByRole("button", { name: "Dismiss those ticked" }).click();
    await page.getByText("1 failed settlement. 0 model calls, no cost.").waitFor();
    expect(await visit.violations()).toEqual([]);
    // Without a reason the dialog is not even shown.
    await page.getByRole("button", { name: "Dismiss 1 failed settlement" }).click();
    expect(await page.getByRole("dialog").count()).toBe(0);
    await page.getByLabel("Reason").fill(`cup tie ${hostile}`);
    await page.getByRole("button", { name: "Dismiss 1 failed settlement" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("this can be undone").waitFor();
    await dialog.getByRole("button", { name: "Dismiss 1 failed settlement" }).click();
    await page.getByText("1 accepted").waitFor();
    expect(await visit.violations()).toEqual([]);
    expect(node.events("match.failure.dismissed").at(-1)?.data).toMatchObject({ by: "local", stage: "settle" });
    expect(await read(node, list)).not.toContain(planted.unsettled);

    const other = await browser.visit({ url: node.url, ...options });
    await other.page.goto(`${node.url}${list}&dismissed=1`);
    await other.page.getByText("cup tie <script>").waitFor();
    expect(await other.page.title()).toBe("Failures · fulltime");
    expect([await other.violations(), await other.overflow(), other.errors]).toEqual([[], 0, []]);

    await page.getByRole("button", { name: "Undo: put 1 settlement back" }).click();
    await page.getByRole("heading", { name: "Put back" }).waitFor();
    await page.getByText("1 accepted").waitFor();
    expect(node.events("match.failure.restored")).toHaveLength(1);
    expect(await read(node, list)).toContain(planted.unsettled);
    expect([visit.errors, visit.strangers]).toEqual([[], []]);
  });
});

test("each match of a retry has its own answer: accepted, already done, not finished", async () => {
  const node = await consoleNode();
  const { page } = await browser.visit({ url: node.url });
  const named = [planted.unsettled, planted.settled, planted.late, planted.ahead];
  await page.goto(`${node.url}/failures/plan?what=retry&${named.map((id) => `match=${id}`).join("&")}`);
  await page.getByText("4 matches that were ticked.").waitFor();
  await page.getByText("2 matches: already done").click();
  await page.getByRole("link", { name: planted.late }).waitFor();
  await page.getByText("1 match: not finished").waitFor();
  const dry = await fetch(`${node.url}/api/admin/settlement/retry`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ matchIds: named, dryRun: true }),
  });
  await page.getByText(retrySchema.parse(await dry.json()).plan.planHash).waitFor();
  await page.getByLabel("Reason").fill("mended");
  await page.getByRole("button", { name: "Retry 1 settlement" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Retry 1 settlement" }).click();
  await page.getByText("1 accepted, 2 already done, 1 not finished").waitFor();
  expect(node.events("match.retry.requested")).toMatchObject([{ data: { by: "local", reason: "mended" } }]);
});

test("a retry whose plan is stale is not sent: what has changed is said", async () => {
  const node = await consoleNode();
  const { page, violations } = await browser.visit({ url: node.url });
  await page.goto(`${node.url}/failures/plan?what=retry-all`);
  await page.getByLabel("Reason").fill("outage");
  await node.write(failing("pl-2016-17-late-comer", "thrown"));
  await page.getByRole("button", { name: "Retry 2 settlements" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Retry 2 settlements" }).click();
  await page.getByText("the plan you saw is no longer what would run").waitFor();
  await page.getByText("pl-2016-17-late-comer: new in it").waitFor();
  expect(await violations()).toEqual([]);
  expect(node.events("operator.requested")).toEqual([]);
  expect(await page.getByLabel("Reason").inputValue()).toBe("outage");
  await page.getByRole("button", { name: "Retry 3 settlements" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Retry 3 settlements" }).click();
  await page.getByText("3 accepted").waitFor();
});

test("without scripts: retry, dismiss and undo by links and forms", async () => {
  const node = await consoleNode();
  const { page } = await browser.visit({ url: node.url, javaScriptEnabled: false });
  await page.goto(`${node.url}/failures`);
  await page.getByRole("link", { name: "2 failures" }).click();
  await page.getByRole("button", { name: "Dismiss all 2" }).click();
  await page.getByLabel("Reason").fill("both");
  await page.getByRole("button", { name: "Dismiss 2 failed settlements" }).click();
  await page.getByText("2 accepted").waitFor();
  await page.goto(`${node.url}/failures?dismissed=1`);
  await page.getByRole("link", { name: "3 failures" }).click();
  await page.getByText("by anna: abandoned cup tie").waitFor();
  await page.getByRole("button", { name: "Put back all 3" }).click();
  await page.getByRole("button", { name: "Put 3 failed settlements back" }).click();
  await page.getByText("3 accepted").waitFor();
  await page.goto(`${node.url}/failures`);
  await page.getByRole("link", { name: "Preview a retry of all 3 failed settlements" }).click();
  await page.getByRole("button", { name: "Retry 3 settlements" }).click();
  await page.getByText("3 accepted").waitFor();
  expect(node.events("match.failure.restored", "match.retry.requested")).toHaveLength(6);
});

test("by the keyboard alone: from the cause to a retry", async () => {
  const node = await consoleNode();
  const { page } = await browser.visit({ url: node.url });
  await page.goto(`${node.url}/failures?stage=settle`);
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.getByText("2 failures, by match id").waitFor();
  for (const name of ["Preview a retry of all 2", "Retry 2 settlements"]) {
    let at = "";
    for (let n = 0; n < 40 && at !== name; n++) {
      await page.keyboard.press("Tab");
      at = await page.evaluate<string>("document.activeElement.textContent.trim()");
    }
    await page.keyboard.press("Enter");
    if (name.startsWith("Preview")) await page.getByText("All failed settlements").waitFor();
  }
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Enter");
  await page.getByText("2 accepted").waitFor();
});

test("sent twice, a retry and a dismissal are one each", async () => {
  const node = await consoleNode();
  const dismiss = await formOf(node, `/failures/plan?what=dismiss&match=${planted.hostile}`, "/failures/dismiss");
  dismiss.set("reason", "twice");
  for (let n = 0; n < 2; n++)
    expect(await (await send(node, "/failures/dismiss", dismiss)).text()).toContain("1 accepted");

  const retry = await formOf(node, "/failures/plan?what=retry-all", "/failures/retry");
  const [first, again] = [await send(node, "/failures/retry", retry), await send(node, "/failures/retry", retry)];
  expect([first.status, again.status]).toEqual([303, 303]);
  expect(again.headers.get("Location")).toBe(first.headers.get("Location"));
  expect(node.events("match.failure.dismissed")).toHaveLength(2);
  expect(node.events("operator.requested")).toHaveLength(2);
});

test("a dismissal of what is none tells which, and why", async () => {
  const node = await consoleNode();
  const form = await formOf(node, `/failures/plan?what=dismiss&match=${planted.unsettled}`, "/failures/dismiss");
  form.set("reason", "known");
  for (const id of [planted.dismissed, planted.settled, "pl-2016-17-no-where"]) form.append("match", id);
  const html = await (await send(node, "/failures/dismiss", form)).text();
  expect(html).toContain("1 accepted, 1 already done, 1 without a failed settlement, 1 unknown");
});

test.each([
  ["/failures?stage=half-time", 400, "stage"],
  ["/failures/matches?category=oops", 400, "category"],
  ["/failures/matches?cursor=nowhere", 400, "cursor"],
  ["/failures/matches?cursor=%3F!", 400, "cursor"],
  ["/failures/plan?what=retry", 400, "tick at least one match"],
  ["/failures/plan?what=retry-all&stage=predict", 422, "for the other stages there are backfills"],
  ["/failures/plan?what=explode", 400, "what"],
  ["/failures/plan?what=retry-all&fingerprint=nobody", 200, "A retry would do nothing here"],
])("%s is %i, and says why", async (path, status, text) => {
  const { url } = await consoleNode();
  const response = await fetch(url + path);
  expect([response.status, response.headers.get("Content-Type")]).toEqual([status, "text/html; charset=UTF-8"]);
  expect(await response.text()).toContain(text);
});

test("a dismissal without a reason: 422, and nothing is asked for", async () => {
  const node = await consoleNode();
  const form = await formOf(node, `/failures/plan?what=dismiss&match=${planted.unsettled}`, "/failures/dismiss");
  expect((await send(node, "/failures/dismiss", form)).status).toBe(422);
  expect(node.events("operator.requested")).toEqual([]);
});

test("a failure of another stage leads to a backfill", async () => {
  const node = await consoleNode();
  const { page } = await browser.visit({ url: node.url });
  await page.goto(`${node.url}/failures?stage=analyse`);
  await page.getByRole("link", { name: "missed:analyse" }).click();
  await page.getByLabel(`Tick ${planted.missed}`).check();
  await page.getByRole("button", { name: "Preview a backfill of those ticked" }).click();
  await page.getByRole("button", { name: "Backfill 1 match" }).waitFor();
});

test("who may only read is offered nothing", async () => {
  const token = newToken();
  const node = await consoleNode({ access: { principals: [{ name: "rita", scope: "read", token: sha256Of(token) }] } });
  const headers = { Authorization: `Bearer ${token}` };
  for (const path of ["/failures", list, "/failures/plan?what=retry-all"]) {
    const html = await (await fetch(node.url + path, { headers })).text();
    expect(html).toMatch(/settlement/i);
    expect(html).not.toMatch(/name="match"|Preview a retry|action="\/failures\//);
  }
});

test("many failures of few causes: page after page, each match once, by cause too", async () => {
  const lives = Array.from({ length: 70 }, (_, at) => {
    const fingerprint = at % 3 === 0 ? "odd" : "\u202e".repeat(5000);
    return failing(`pl-2016-17-t${at}-u${at}`, fingerprint, seasonNow - 6 * hour - at * minute);
  });
  const node = await consoleNode({ lives });
  const walk = async (path: string) => {
    const seen: string[] = [];
    for (let next: string | null = path; next !== null; ) {
      const html = await read(node, next);
      expect(Buffer.byteLength(html)).toBeLessThan(100_000);
      seen.push(...[...html.matchAll(/href="\/matches\/([^"]+)"/g)].map(([, id = ""]) => id));
      next = /<a href="([^"]+)" rel="next"/.exec(html)?.[1]?.replaceAll("&amp;", "&") ?? null;
    }
    return seen;
  };
  const ids = lives.map(({ id }) => id).toSorted();
  expect(await walk("/failures/matches?category=bug")).toEqual(ids);
  const odd = ids.filter((id) => Number(/t(\d+)/.exec(id)?.[1]) % 3 === 0);
  expect(await walk("/failures/matches?category=bug&fingerprint=odd")).toEqual(odd);
  expect(Buffer.byteLength(await read(node, "/failures"))).toBeLessThan(100_000);
  expect(await walk("/failures/plan?what=retry-all&category=bug")).toEqual(ids);
});

test("nothing has failed: that is said, of each list", async () => {
  const node = await consoleNode({ lives: [] });
  expect(await read(node, "/failures")).toContain("Nothing has failed");
  expect(await read(node, "/failures?dismissed=1")).toContain("is dismissed");
  expect(await read(node, list)).toContain("Nothing like this has failed");
});

test("NATS is away: nothing is dismissed, and that is said", async () => {
  const node = await consoleNode();
  const form = await formOf(node, `/failures/plan?what=dismiss&match=${planted.unsettled}`, "/failures/dismiss");
  form.set("reason", "known");
  node.connect(false);
  expect(await read(node, "/failures")).toContain("NATS does not answer");
  const refused = await send(node, "/failures/dismiss", form);
  expect(refused.status).toBe(503);
  expect(await refused.text()).toContain("nothing was asked for");
});

test("the link of a category on Tonight leads to that category alone", async () => {
  const node = await consoleNode();
  const { page } = await browser.visit({ url: node.url });
  await page.goto(node.url);
  await page
    .getByRole("region", { name: /failed; nothing tries/ })
    .getByRole("link", { name: "permanent" })
    .click();
  await page
    .getByRole("heading", { name: /: permanent$/ })
    .first()
    .waitFor();
  const headings = await page.getByRole("heading", { level: 2 }).allInnerTexts();
  expect(headings.filter((it) => !it.endsWith(": permanent"))).toEqual([]);
});
