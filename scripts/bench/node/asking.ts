import { pause, wallClock } from "../../../src/clock.ts";

/** Milliseconds until each of `count` answers was read whole, one after the other. Throws at any other status than 200. */
export async function latencies(url: string, count: number, signal: AbortSignal): Promise<number[]> {
  const ms: number[] = [];
  for (let i = 0; i < count; i++) ms.push(await latency(url, signal));
  return ms;
}

/** Asks again and again, `everyMs` after each answer, until `stop`; resolves with what each took. */
export function sampleLatency(url: string, everyMs: number, signal: AbortSignal): { stop(): Promise<number[]> } {
  const end = new AbortController();
  const sampled = sample();
  sampled.catch(() => {});

  async function sample(): Promise<number[]> {
    const ms: number[] = [];
    do {
      ms.push(await latency(url, signal));
      await pause(wallClock, everyMs, end.signal);
    } while (!end.signal.aborted);
    return ms;
  }

  return {
    stop() {
      end.abort();
      return sampled;
    },
  };
}

async function latency(url: string, signal: AbortSignal): Promise<number> {
  const began = wallClock.elapsed();
  const response = await fetch(url, { signal });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}: ${text.slice(0, 300)}`);
  return wallClock.elapsed() - began;
}

/** The value that `share` (0 to 1) of them do not exceed, by nearest rank. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new Error("a quantile of nothing");
  return value;
}
