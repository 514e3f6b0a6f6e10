import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "vitest";
import { narrow, testBrowser, wide } from "./support/browser.ts";
import { consoleNode } from "./support/console-node.ts";
import { planted, plantedSeason } from "./support/console-season.ts";

const browser = testBrowser();
const folder = resolve(import.meta.dirname, "..", "docs", "screenshots");

const light = { viewport: wide, colorScheme: "light" } as const;
const dark = { viewport: wide, colorScheme: "dark" } as const;
const mobile = { viewport: narrow, colorScheme: "light" } as const;

const pictures = [
  ["tonight", "/", light],
  ["tonight-dark", "/", dark],
  ["tonight-mobile", "/", mobile],
  ["matches", "/matches", light],
  ["match", `/matches/${planted.settled}`, light],
  ["gaps", "/gaps", light],
  ["gaps-mobile", "/gaps", { ...mobile, colorScheme: "dark" }],
  ["failures", "/failures", dark],
  ["backfills", "/backfills", light],
  ["models", "/models", light],
  ["system", "/system", dark],
] as const;

test.each(pictures)("%s", async (name, path, options) => {
  mkdirSync(folder, { recursive: true });
  const lives = plantedSeason().filter(({ id }) => id !== planted.hostile);
  const node = await consoleNode({ lives });
  const { page } = await browser.visit({ url: node.url, timezoneId: "Europe/Berlin", ...options });
  await page.goto(node.url + path);
  await page.getByText("updates itself").waitFor();
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true, animations: "disabled", scale: "css" });
});
