import { expect, test } from "vitest";
import { fromLog } from "../../src/http/from-log.ts";
import { manualClock } from "../support/manual-clock.ts";

const away = { connected: () => false };
const there = { connected: () => true };

function asking(log: { connected(): boolean }) {
  const clock = manualClock(0);
  // Of a log, this asks nothing but whether it is there.
  return { clock, options: { log: log as never, clock } };
}

test("resolves with what the log answers, and waits for nothing after that", async () => {
  const { clock, options } = asking(there);
  expect(await fromLog(options, () => Promise.resolve(7))).toBe(7);
  expect(clock.timers).toBe(0);
});

test("refuses at once while the log is away", async () => {
  const asked = fromLog(asking(away).options, () => Promise.reject(new Error("asked")));
  await expect(asked).rejects.toMatchObject({ status: 503, headers: { "Retry-After": "5" } });
});

test("gives up on a log that does not answer, and ends the question", async () => {
  const { clock, options } = asking(there);
  let ended = false;
  const asked = fromLog(
    options,
    (signal) => new Promise(() => signal.addEventListener("abort", () => (ended = true))),
    100,
  );
  const refused = expect(asked).rejects.toMatchObject({ status: 503 });
  await clock.advance(100);
  await refused;
  expect(ended).toBe(true);
});

test("passes on what the question throws, then or later", async () => {
  const { clock, options } = asking(there);
  await expect(fromLog(options, () => Promise.reject(new Error("later")))).rejects.toThrow("later");
  const now = fromLog(options, () => {
    throw new Error("now");
  });
  await expect(now).rejects.toThrow("now");
  expect(clock.timers).toBe(0);
});
