import { pino } from "pino";
import { expect, test } from "vitest";
import { createDenials, denialReasons } from "../../../src/http/access/denials.ts";
import { manualClock } from "../../support/manual-clock.ts";

function denialsAt(clock = manualClock(0)) {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
  const denials = createDenials({ logger, clock });
  const deny = (address: string) =>
    denials.record({ reason: "no-token", address, requestId: "id", route: "/api/admin/projections" });
  return { clock, lines, denials, deny };
}

test("each is counted by its reason", () => {
  const { denials, deny } = denialsAt();
  for (const reason of denialReasons) expect(denials.count(reason)).toBe(0);
  deny("192.0.2.1");
  deny("192.0.2.2");
  denials.record({ reason: "rate", address: "192.0.2.1", requestId: "id", route: "/" });
  expect(denials.count("no-token")).toBe(2);
  expect(denials.count("rate")).toBe(1);
});

test("an address gets one line a minute, which tells how many had none", async () => {
  const { clock, lines, denials, deny } = denialsAt();
  for (let n = 0; n < 100; n += 1) deny("192.0.2.1");
  deny("192.0.2.2");
  expect(lines).toEqual([
    expect.objectContaining({
      level: 40,
      address: "192.0.2.1",
      reason: "no-token",
      route: "/api/admin/projections",
      untold: 0,
    }),
    expect.objectContaining({ level: 40, address: "192.0.2.2" }),
  ]);
  await clock.advance(59_999);
  deny("192.0.2.1");
  expect(lines).toHaveLength(2);
  await clock.advance(1);
  deny("192.0.2.1");
  expect(lines).toHaveLength(3);
  expect(lines[2]).toMatchObject({ address: "192.0.2.1", untold: 100 });
  expect(denials.count("no-token")).toBe(103);
});

test("a flood from everywhere shares one line a minute beyond the first thousand", async () => {
  const { clock, lines, deny } = denialsAt();
  const flood = () => {
    for (let n = 0; n < 5000; n += 1) deny(`10.0.${n >> 8}.${n & 255}`);
  };
  flood();
  expect(lines).toHaveLength(1001);
  expect(lines.at(-1)).toMatchObject({ address: "others" });
  await clock.advance(60_000);
  flood();
  expect(lines).toHaveLength(2002);
});
