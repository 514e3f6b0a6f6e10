/**
 * Tells how long the event loop of a run stood still, on stderr at its end:
 *
 *     node --import tsx --import ./scripts/stalls.ts scripts/fulltime.ts run --exit-when-done
 *
 * Each stall comes with the CPU time that passed in it: on a busy machine a long one with little of that is a wait for a core.
 */
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { say } from "./cli/output.ts";

const everyMs = 5;
const toldMs = 50;

interface Stall {
  /** Seconds since the process began. */
  at: number;
  ms: number;
  /** Of all threads of the process. */
  cpuMs: number;
}

const delay = monitorEventLoopDelay({ resolution: everyMs });
delay.enable();
const stalls: Stall[] = [];
let last = { at: performance.now(), cpu: process.cpuUsage() };

setInterval(() => {
  const now = performance.now();
  const ms = now - last.at;
  if (ms > toldMs) {
    const { user, system } = process.cpuUsage(last.cpu);
    stalls.push({ at: last.at / 1000, ms, cpuMs: (user + system) / 1000 });
  }
  last = { at: now, cpu: process.cpuUsage() };
}, everyMs).unref();

process.on("exit", () => {
  for (const { at, ms, cpuMs } of stalls)
    say(`at ${at.toFixed(1)} s the event loop stood still for ${ms.toFixed(0)} ms, ${cpuMs.toFixed(0)} ms of CPU`);
  const at = (percentile: number) => (delay.percentile(percentile) / 1e6).toFixed(1);
  say(`event loop delay: ${at(50)} ms at the median, ${at(99)} at 99 %, ${at(99.9)} at 99.9 %`);
});
