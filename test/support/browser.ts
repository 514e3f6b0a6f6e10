import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, onTestFinished } from "vitest";
import { launchChromium } from "../../scripts/chromium.ts";
import { testCache } from "./server.ts";

/** The two widths at which every page is looked at. */
export const wide = { width: 1280, height: 800 };
export const narrow = { width: 390, height: 844 };

/** A page in a profile of its own, and what went wrong in it so far. */
export interface Visit {
  readonly page: Page;
  /** Errors on its console and exceptions of its scripts. */
  readonly errors: readonly string[];
  /** Requests to any other origin than the one it was told. */
  readonly strangers: readonly string[];
  /** How far its content has moved without the reader's doing (cumulative layout shift); 0 is still. */
  shift(): Promise<number>;
  /** What axe finds against WCAG 2.2 AA, in words. */
  violations(): Promise<string[]>;
  /** The page is as wide as the window: nothing has to be scrolled sideways. */
  overflow(): Promise<number>;
}

export interface VisitOptions extends BrowserContextOptions {
  /** `http://127.0.0.1:port` of the node; requests elsewhere are noted. */
  url: string;
}

export interface TestBrowser {
  /** Ends with the test. */
  visit(options: VisitOptions): Promise<Visit>;
}

/**
 * One Chromium for a test file, which ends with it. Call at the top of the file or of a `describe`. `names`: host names that are
 * this machine's, as an attacker's name server can have it.
 */
export function testBrowser({ names = [] }: { names?: readonly string[] } = {}): TestBrowser {
  let browser: Browser | null = null;
  beforeAll(async () => {
    browser = await launch(names);
  });
  afterAll(async () => {
    await browser?.close();
  });
  return {
    async visit(options) {
      if (browser === null) throw new Error("the browser has not started");
      const visit = await visitIn(browser, options);
      onTestFinished(() => visit.page.context().close());
      return visit;
    },
  };
}

export function launch(names: readonly string[] = []): Promise<Browser> {
  const rules = names.map((name) => `MAP ${name} 127.0.0.1`).join();
  return launchChromium(testCache, rules === "" ? [] : [`--host-resolver-rules=${rules}`]);
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** In the page; what a reader's own click or key moves is none. */
const watchShifts = `globalThis.shifted = 0;
new PerformanceObserver((list) => {
  for (const { value, hadRecentInput } of list.getEntries()) if (!hadRecentInput) globalThis.shifted += value;
}).observe({ type: "layout-shift", buffered: true });`;

export async function visitIn(browser: Browser, { url, ...options }: VisitOptions): Promise<Visit> {
  const context = await browser.newContext({ viewport: wide, locale: "en-GB", ...options });
  const page = await context.newPage();
  // Before the test's own limit: so it says what was waited for.
  page.setDefaultTimeout(10_000);
  const errors: string[] = [];
  const strangers: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") errors.push(message.text());
  });
  page.on("pageerror", (error) => void errors.push(String(error)));
  context.on("request", (request) => {
    const asked = request.url();
    if (new URL(asked).origin !== url && !/^(?:data|blob|about):/.test(asked)) strangers.push(asked);
  });
  await page.addInitScript({ content: watchShifts });
  return {
    page,
    errors,
    strangers,
    shift: () => page.evaluate<number>("shifted"),
    async violations() {
      // By the debugger: the page's own policy would not let it in.
      await page.evaluate(axeSource);
      const run = `axe.run(document, ${JSON.stringify({ runOnly: { type: "tag", values: rules } })})`;
      const found = await page.evaluate<axe.AxeResults>(run);
      return found.violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map((it) => it.html).join(" | ")}`);
    },
    overflow: () =>
      page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth"),
  };
}

/** Does what leads to another address, and waits until its page is there: a load state may still be that of the page before. */
export async function leads(page: Page, act: () => Promise<void>): Promise<void> {
  const before = page.url();
  await act();
  await page.waitForURL((url) => url.href !== before);
}
