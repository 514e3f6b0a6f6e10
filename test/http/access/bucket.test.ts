import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createAddressKey, createBucket } from "../../../src/http/access/bucket.ts";

// The library counts by the machine's clock and timers.
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

test("lets a quota pass in a window, tells what is left, and then when to come back", async () => {
  const bucket = createBucket("admin", { quota: 2, window: 60 });
  const policy = '"admin";q=2;w=60';
  expect(await bucket.take("a")).toEqual({
    allowed: true,
    headers: { RateLimit: '"admin";r=1;t=60', "RateLimit-Policy": policy },
  });
  vi.advanceTimersByTime(20_500);
  expect((await bucket.take("a")).headers.RateLimit).toBe('"admin";r=0;t=40');
  expect(await bucket.take("a")).toEqual({
    allowed: false,
    headers: { RateLimit: '"admin";r=0;t=40', "RateLimit-Policy": policy, "Retry-After": "40" },
  });
  expect((await bucket.take("b")).allowed).toBe(true);
  vi.advanceTimersByTime(39_499);
  expect((await bucket.take("a")).allowed).toBe(false);
  vi.advanceTimersByTime(1);
  expect((await bucket.take("a")).headers.RateLimit).toBe('"admin";r=1;t=60');
});

test("what is given back may be taken again", async () => {
  const bucket = createBucket("login", { quota: 1, window: 60 });
  expect((await bucket.take("a")).allowed).toBe(true);
  await bucket.giveBack("a");
  expect((await bucket.take("a")).allowed).toBe(true);
  expect((await bucket.take("a")).allowed).toBe(false);
});

test("holds nothing of a window that is over", async () => {
  const bucket = createBucket("login", { quota: 1, window: 60 });
  for (let n = 0; n < 100; n += 1) await bucket.take(String(n));
  expect(vi.getTimerCount()).toBe(100);
  vi.advanceTimersByTime(60_000);
  expect(vi.getTimerCount()).toBe(0);
});

test("there are only so many keys, however many addresses there are", () => {
  const key = createAddressKey();
  const network = (n: number) => `2001:db8:${(n >> 8).toString(16)}:${(n & 255).toString(16)}::1`;
  const keys = new Set(Array.from({ length: 20_000 }, (_, n) => key(network(n))));
  expect(keys.size).toBeGreaterThan(3500);
  expect(keys.size).toBeLessThanOrEqual(4096);
});

test("an address has one key, its neighbours in an IPv6 network the same, another process another", () => {
  const key = createAddressKey();
  expect(key("192.0.2.1")).toBe(key("192.0.2.1"));
  expect(key("2001:db8::1")).toBe(key("2001:db8::ffff"));
  const other = createAddressKey();
  const differ = Array.from({ length: 20 }, (_, n) => `192.0.2.${n}`).filter((it) => key(it) !== other(it));
  expect(differ.length).toBeGreaterThan(10);
});
