import { describe, expect, test } from "vitest";
import { narrow, testBrowser, wide } from "../../support/browser.ts";
import { consoleNode } from "../../support/console-node.ts";

const browser = testBrowser();
const paths = ["/", "/matches", "/gaps", "/failures", "/backfills", "/models", "/system"];

describe.each([
  ["wide, light", { viewport: wide, colorScheme: "light" as const }],
  ["narrow, dark", { viewport: narrow, colorScheme: "dark" as const }],
])("%s", (_, options) => {
  test.each(paths)("%s is sound", async (path) => {
    const { url } = await consoleNode();
    const visit = await browser.visit({ url, timezoneId: "Europe/Berlin", ...options });
    await visit.page.goto(url + path, { waitUntil: "load" });
    expect(await visit.violations()).toEqual([]);
    expect(await visit.overflow()).toBe(0);
    expect(await visit.shift()).toBe(0);
    expect([visit.errors, visit.strangers]).toEqual([[], []]);
  });
});
