import { describe, expect, onTestFinished, test } from "vitest";
import { newToken } from "../../../src/http/access/token-hash.ts";
import { testBrowser } from "../../support/browser.ts";
import { consoleNode } from "../../support/console-node.ts";
import { plantedSeason, planted, seasonNow } from "../../support/console-season.ts";
import { type History, history, hour, minute } from "../../support/history.ts";

const browser = testBrowser();
const headline = "4 of 5 matches of the next 6 h have a gap";

/** A season, and what happens next to one of its matches. */
function season(): { lives: History[]; happens(): History } {
  const lives = plantedSeason();
  const life = lives.find(({ id }) => id === planted.critical);
  if (life === undefined) throw new Error("the planted season has lost a match");
  return { lives, happens: () => life.at(seasonNow).requested("analyse").after(minute).analysed() };
}

describe("a page that is open", () => {
  test("shows what happens without a reload: focus, scroll and what was opened stay", async () => {
    const { lives, happens } = season();
    const node = await consoleNode({ lives });
    const { page, shift, errors } = await browser.visit({ url: node.url, viewport: { width: 1280, height: 400 } });
    await page.goto(node.url);
    await page.getByText(headline).waitFor();
    await page.evaluate("window.stays = true");
    const link = page.getByRole("link", { name: "Leeds – Derby" });
    await link.focus();
    await page.getByText("1 source: fresh").click();
    await page.getByText("870 of 1,000").scrollIntoViewIfNeeded();
    await link.focus();
    const scroll = await page.evaluate("scrollY");
    await node.write(happens());
    await page.getByText("3 of 5 matches of the next 6 h have a gap").waitFor();
    expect(await page.evaluate("[window.stays, scrollY, document.activeElement.textContent]")).toEqual([
      true,
      scroll,
      "Leeds – Derby",
    ]);
    expect(await page.getByText("870 of 1,000").isVisible()).toBe(true);
    await page.getByText(`As of sequence ${node.node.readModel.sequence()}`).waitFor();
    expect([errors, await shift()]).toEqual([[], 0]);
  });

  test("stands still while it is paused, and says so; then it catches up", async () => {
    const { lives, happens } = season();
    const node = await consoleNode({ lives });
    const { page } = await browser.visit({ url: node.url });
    await page.goto(node.url);
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByText("paused: shown as it was").waitFor();
    const asked = page
      .waitForRequest((request) => request.url() === `${node.url}/`, { timeout: 1500 })
      .then(
        () => "asked",
        () => "quiet",
      );
    await node.write(happens());
    expect(await asked).toBe("quiet");
    await page.getByText(headline).waitFor();
    await page.getByRole("button", { name: "Go on" }).click();
    await page.getByText("3 of 5 matches of the next 6 h have a gap").waitFor();
    await page.getByText("updates itself").waitFor();
  });

  test("asks for nothing in a tab that nobody sees, and catches up when it is shown", async () => {
    const { lives, happens } = season();
    const node = await consoleNode({ lives });
    const { page } = await browser.visit({ url: node.url });
    const turned = (hidden: boolean) =>
      page.evaluate(`Object.defineProperty(document, "hidden", { configurable: true, value: ${hidden} });
        document.dispatchEvent(new Event("visibilitychange"))`);
    const followed = page.waitForResponse((response) => response.url().includes("/api/changes"));
    await page.goto(node.url);
    await followed;
    const left = page.waitForEvent("requestfailed", (request) => request.url().includes("/api/changes"));
    await turned(true);
    await left;
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await node.write(happens());
    await page.waitForRequest(() => true, { timeout: 1500 }).catch(() => {});
    expect(asked).toEqual([]);
    await page.getByText(headline).waitFor();
    await turned(false);
    await page.getByText("3 of 5 matches of the next 6 h have a gap").waitFor();
    expect(asked.filter((url) => url.includes("/api/changes"))).toHaveLength(1);
  });

  test("follows again after the node has restarted", async () => {
    const { lives, happens } = season();
    const node = await consoleNode({ lives });
    const { page } = await browser.visit({ url: node.url });
    await page.goto(node.url);
    const followed = page.waitForResponse((response) => response.url().includes("/api/changes"));
    await page.reload();
    await followed;
    await node.restart();
    await node.write(happens());
    await page.getByText("3 of 5 matches of the next 6 h have a gap").waitFor();
    await page.getByText("updates itself").waitFor();
  });

  test("says that it could not be updated, and tries again", async () => {
    const { lives, happens } = season();
    const node = await consoleNode({ lives });
    const { page } = await browser.visit({ url: node.url });
    await page.goto(node.url);
    await page.getByText("updates itself").waitFor();
    await page.route(`${node.url}/`, (route) => route.fulfill({ status: 500, body: "no" }));
    await node.write(happens());
    await page.getByText("not updated: trying again").waitFor();
    await page.getByText(headline).waitFor();
    await page.unroute(`${node.url}/`);
    await page.getByText("3 of 5 matches of the next 6 h have a gap").waitFor();
    await page.getByText("updates itself").waitFor();
  });

  test("says that NATS is away, and when it is back", async () => {
    const { lives, happens } = season();
    const node = await consoleNode({ lives });
    const { page, violations } = await browser.visit({ url: node.url });
    node.connect(false);
    await page.goto(node.url);
    await page.getByText("NATS does not answer", { exact: true }).waitFor();
    await page.getByText("This node is unhealthy").waitFor();
    expect(await violations()).toEqual([]);
    node.connect(true);
    await node.write(happens());
    await page.getByText("This node is unhealthy").waitFor({ state: "detached" });
  });

  test("says that NATS has gone away under it, though nothing is written, and goes on when it is back", async () => {
    const { lives, happens } = season();
    const node = await consoleNode({ lives });
    const { page } = await browser.visit({ url: node.url });
    const followed = page.waitForResponse((response) => response.url().includes("/api/changes"));
    await page.goto(`${node.url}/failures`);
    await followed;
    node.connect(false);
    await page.getByText("NATS does not answer", { exact: true }).waitFor();
    node.connect(true);
    await page.getByText("NATS does not answer", { exact: true }).waitFor({ state: "detached" });
    await node.write(happens());
    await page.getByText(`As of sequence ${node.node.readModel.sequence()}`).waitFor();
  });

  test("says so to whoever is writing, too: what he is at waits, what makes it doubtful does not", async () => {
    const node = await consoleNode();
    const { page } = await browser.visit({ url: node.url });
    const followed = page.waitForResponse((response) => response.url().includes("/api/changes"));
    await page.goto(`${node.url}/matches/${planted.unsettled}`);
    await followed;
    await page.getByLabel("Reason").first().fill("abandoned");
    node.connect(false);
    await page.getByText("NATS does not answer", { exact: true }).waitFor();
    expect(await page.getByLabel("Reason").first().inputValue()).toBe("abandoned");
  });

  test("is a new one at once where the node has restarted, not at its next minute", async () => {
    const node = await consoleNode();
    const { page } = await browser.visit({ url: node.url });
    const followed = page.waitForResponse((response) => response.url().includes("/api/changes"));
    await page.goto(node.url);
    await followed;
    await page.getByText("Hull – Stoke").first().waitFor();
    node.jump(seasonNow + 100 * minute);
    await node.restart();
    // Nothing was written: by time alone its kick-off has passed.
    await page.getByText("10 min ago").first().waitFor();
    await page.getByText("updates itself").waitFor();
  });

  test("leads to the sign-in at once where its session has ended with the node", async () => {
    const token = newToken();
    const node = await consoleNode({ adminToken: token });
    const { page } = await browser.visit({ url: node.url });
    await page.goto(`${node.url}/sign-in?to=/gaps`);
    await page.getByLabel("Token").fill(token);
    const followed = page.waitForResponse((response) => response.url().includes("/api/changes"));
    await page.getByRole("button", { name: "Sign in" }).click();
    await followed;
    await node.restart();
    await page.waitForURL(`${node.url}/sign-in?to=%2Fgaps`);
  });

  test("stays, and says that it is signed out, where something is written; and goes on once somebody has signed in", async () => {
    const token = newToken();
    const node = await consoleNode({ adminToken: token });
    const { page, violations } = await browser.visit({ url: node.url });
    await page.goto(`${node.url}/sign-in?to=/matches/${planted.unsettled}`);
    await page.getByLabel("Token").fill(token);
    const followed = page.waitForResponse((response) => response.url().includes("/api/changes"));
    await page.getByRole("button", { name: "Sign in" }).click();
    await followed;
    const reason = page.getByLabel("Reason").first();
    await reason.fill("abandoned");
    await node.restart();
    await page.getByText("signed out: not updated").waitFor();
    expect(await violations()).toEqual([]);
    const opened = page.context().waitForEvent("page");
    await page.getByRole("status").locator("..").getByRole("link", { name: "Sign in" }).click();
    const other = await opened;
    await other.getByLabel("Token").fill(token);
    await other.getByRole("button", { name: "Sign in" }).click();
    await other.getByRole("heading", { level: 1 }).waitFor();
    await other.close();
    await page.evaluate(`document.dispatchEvent(new Event("visibilitychange"))`);
    await page.getByText("updates itself").waitFor();
    expect(await reason.inputValue()).toBe("abandoned");
  });

  test("takes no button away from under a press, which would have no effect then", async () => {
    const node = await consoleNode();
    const { page } = await browser.visit({ url: node.url });
    const path = `${node.url}/matches/${planted.unsettled}`;
    await page.goto(path);
    const button = page.getByRole("button", { name: "Retry its settlement" });
    // Not pressed in between, the list is made anew when the field is left.
    const renewed = page.waitForResponse(path);
    await page.getByLabel("Reason").first().fill("abandoned");
    await button.focus();
    await renewed;
    for (const [down, up] of [
      [() => page.mouse.down(), () => page.mouse.up()],
      [() => page.keyboard.down("Space"), () => page.keyboard.up("Space")],
    ] as const) {
      await page.getByLabel("Reason").first().fill("abandoned");
      const asked = page.waitForRequest(path, { timeout: 1500 }).catch(() => null);
      await button.hover();
      if (down.toString().includes("keyboard")) await button.focus();
      await down();
      await asked;
      await up();
      await page.getByRole("dialog").waitFor();
      await page.keyboard.press("Escape");
    }
  });

  test("keeps closed what the server opens and its reader has closed", async () => {
    const { lives, happens } = season();
    const node = await consoleNode({ lives });
    // The source was polled long ago: that is shown open.
    node.jump(seasonNow + 24 * hour);
    const { page } = await browser.visit({ url: node.url });
    await page.goto(node.url);
    const figures = page.getByRole("table", { name: "What each source last told" });
    await figures.waitFor();
    await page.getByText("1 of 1 source not fresh").click();
    await figures.waitFor({ state: "hidden" });
    for (let n = 0; n < 2; n += 1) {
      // Its figures are others by then.
      node.jump(seasonNow + (25 + n) * hour);
      await node.write(n === 0 ? happens() : history(`pl-2016-17-new-${n}`, seasonNow).scheduled());
      await page.getByText(`As of sequence ${node.node.readModel.sequence()}`).waitFor();
      expect(await figures.isVisible()).toBe(false);
    }
  });

  test("asks for nothing while nothing happens", async () => {
    const node = await consoleNode();
    const { page } = await browser.visit({ url: node.url });
    await page.goto(node.url);
    await page.getByText("updates itself").waitFor();
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.waitForRequest(() => true, { timeout: 2500 }).catch(() => {});
    expect(asked).toEqual([]);
  });
});

describe("keys", () => {
  test("walk along the matches, open one, and lead to the others", async () => {
    const node = await consoleNode();
    const { page } = await browser.visit({ url: node.url });
    await page.goto(node.url);
    const focused = () => page.evaluate("document.activeElement.textContent");
    await page.keyboard.press("j");
    expect(await focused()).toBe("Arsenal – Chelsea");
    await page.keyboard.press("j");
    expect(await focused()).toBe("Everton – Watford");
    await page.keyboard.press("k");
    expect(await focused()).toBe("Arsenal – Chelsea");
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("p");
    await page.getByText("paused: shown as it was").waitFor();
    await page.getByRole("link", { name: "Arsenal – Chelsea" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(`${node.url}/matches/${planted.covered}`);
  });

  test("can be turned off, which is kept", async () => {
    const node = await consoleNode();
    const { page } = await browser.visit({ url: node.url });
    await page.goto(node.url);
    await page.keyboard.press("?");
    await page.getByLabel("keys are on").uncheck();
    await page.keyboard.press("Escape");
    await page.reload();
    await page.keyboard.press("j");
    expect(await page.evaluate("document.activeElement.tagName")).toBe("BODY");
  });

  test("the first of all leads past the navigation", async () => {
    const node = await consoleNode();
    const { page } = await browser.visit({ url: node.url });
    await page.goto(node.url);
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Skip to the content");
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("main");
  });
});

test("times are the reader's, with the UTC beside them", async () => {
  const node = await consoleNode();
  const { page } = await browser.visit({ url: node.url, timezoneId: "Asia/Tokyo" });
  await page.goto(node.url);
  const time = page.locator("ol time").first();
  expect(await time.innerText()).toMatch(/^2017-01-15 00:20 15:20 UTC −1 d\s+in 20 min$/);
});

test("the colours are the reader's choice, which is kept", async () => {
  const node = await consoleNode();
  const { page } = await browser.visit({ url: node.url, javaScriptEnabled: false });
  await page.goto(`${node.url}/gaps?severity=critical`);
  await page.getByRole("link", { name: "dark" }).click();
  expect(page.url()).toBe(`${node.url}/gaps?severity=critical`);
  await page.goto(node.url);
  expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
});

describe("many consoles of one machine follow the changes", () => {
  const followed = async (url: string, headers: Record<string, string>) => {
    const end = new AbortController();
    onTestFinished(() => end.abort());
    return (await fetch(`${url}/api/changes`, { headers, signal: end.signal })).status;
  };

  test("by the place they are at, where nobody has to sign in", async () => {
    const { url } = await consoleNode();
    const page = { "Sec-Fetch-Site": "same-origin" };
    const all = await Promise.all(Array.from({ length: 50 }, () => followed(url, page)));
    expect(new Set(all)).toEqual(new Set([200]));
  });

  test("by their sessions, where somebody has; strangers have ten", async () => {
    const token = newToken();
    const { url } = await consoleNode({ adminToken: token });
    const signedIn = await fetch(`${url}/sign-in`, {
      method: "POST",
      body: new URLSearchParams({ token }),
      redirect: "manual",
    });
    const session = { Cookie: signedIn.headers.get("Set-Cookie")?.split(";")[0] ?? "" };
    const all = await Promise.all(Array.from({ length: 50 }, () => followed(url, session)));
    expect(new Set(all)).toEqual(new Set([200]));
    const strangers = await Promise.all(Array.from({ length: 12 }, () => followed(url, {})));
    expect(strangers.filter((status) => status === 503)).toHaveLength(2);
  });
});
