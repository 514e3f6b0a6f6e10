import { setMaxListeners } from "node:events";
import { Agent, get, type IncomingMessage } from "node:http";
import { type Timer, wallClock } from "../../../src/clock.ts";

export interface OpenConsoles {
  /** So far, of all of them. */
  seen(): { pagesAskedFor: number; newsReceived: number; pageMsMax: number };
  close(): void;
}

/** Without news a console asks for its page once a minute: `agesMs` of console.js. */
const agesMs = 60_000;

/** As a browser asks of the page's own server, which tells a console that is open on this machine from a stranger. */
const headers = { "Sec-Fetch-Site": "same-origin", "Accept-Encoding": "gzip, deflate, br" };

/**
 * What `count` browsers with a console open on Tonight ask of a node: each follows the changes on a connection of its own, asks
 * for its page anew once a minute, at a moment of its own, and whenever something has changed. Resolves once all follow.
 */
export async function openConsoles(url: string, count: number, signal: AbortSignal): Promise<OpenConsoles> {
  const agent = new Agent({ keepAlive: true, maxSockets: count });
  const end = new AbortController();
  const given = AbortSignal.any([signal, end.signal]);
  // Every stream listens to it.
  setMaxListeners(0, given);
  const seen = { pagesAskedFor: 0, newsReceived: 0, pageMsMax: 0 };

  async function askForPage(): Promise<void> {
    const began = wallClock.elapsed();
    const page = await answerOf(`${url}/`, { agent, signal: given });
    for await (const _ of page);
    seen.pagesAskedFor++;
    seen.pageMsMax = Math.max(seen.pageMsMax, wallClock.elapsed() - began);
  }

  const refresh = () => void askForPage().catch(() => {});

  async function follow(): Promise<void> {
    const stream = await answerOf(`${url}/api/changes`, { agent: new Agent(), signal: given });
    stream.on("error", () => {});
    stream.on("data", (chunk: Buffer) => {
      // The first one names the present sequence and no match.
      if (!chunk.includes('"matches":["') && !chunk.includes('"many"')) return;
      seen.newsReceived++;
      refresh();
    });
  }

  /** The next one of each console. */
  const timers: Timer[] = [];
  const refreshAfter = (at: number, ms: number) => {
    timers[at] = wallClock.after(ms, () => {
      refresh();
      refreshAfter(at, agesMs);
    });
  };
  const close = () => {
    for (const timer of timers) timer.cancel();
    end.abort();
    agent.destroy();
  };
  try {
    await Promise.all(Array.from({ length: count }, follow));
  } catch (error) {
    close();
    throw error;
  }
  for (let at = 0; at < count; at++) refreshAfter(at, ((at + 0.5) * agesMs) / count);
  return { seen: () => ({ ...seen }), close };
}

function answerOf(url: string, { agent, signal }: { agent: Agent; signal: AbortSignal }): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get(url, { agent, signal, headers }, (answer) => {
      if (answer.statusCode === 200) return resolve(answer);
      answer.resume();
      reject(new Error(`${url} answered ${answer.statusCode}`));
    }).on("error", reject);
  });
}
