import type { Browser } from "playwright-core";
import { launchChromium } from "../../chromium.ts";
import type { Figures } from "../bench.ts";

/**
 * A page in a browser that has never been there: kilobytes over the wire of all it asks for, headers included, as they were
 * compressed, and milliseconds from the navigation to the first bytes, to the content and to the end of the load event.
 */
export async function firstLoad(url: string, cacheDir: string, signal: AbortSignal): Promise<Figures> {
  const browser = await launchChromium(cacheDir);
  try {
    // The first page of a browser pays for the browser's own start.
    await visit(browser, "about:blank");
    signal.throwIfAborted();
    return await visit(browser, url);
  } finally {
    await browser.close();
  }
}

export async function chromiumVersion(cacheDir: string): Promise<string> {
  const browser = await launchChromium(cacheDir);
  try {
    return browser.version();
  } finally {
    await browser.close();
  }
}

/** In the page. */
const timing = `(({ responseStart, domContentLoadedEventEnd, loadEventEnd }) =>
  ({ firstByteMs: responseStart, contentMs: domContentLoadedEventEnd, readyMs: loadEventEnd }))(performance.getEntriesByType("navigation")[0].toJSON())`;

async function visit(browser: Browser, url: string): Promise<Figures> {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    const network = await context.newCDPSession(page);
    await network.send("Network.enable");
    let [bytes, requests] = [0, 0];
    network.on("Network.loadingFinished", ({ encodedDataLength }) => {
      bytes += encodedDataLength;
      requests++;
    });
    await page.goto(url, { waitUntil: "load" });
    const times = await page.evaluate<Figures>(timing);
    return { loadKB: bytes / 1000, requests, ...times };
  } finally {
    await context.close();
  }
}
