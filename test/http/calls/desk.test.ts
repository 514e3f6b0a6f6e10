import { describe, expect, test } from "vitest";
import { settled } from "../../support/node.ts";
import { desk } from "./lives.ts";
import { unsettled } from "../../support/ended-lives.ts";

const [one, other] = ["pl-2016-17-a-b", "pl-2016-17-c-d"];
const path = "/settlement/retry";
const key = { "Idempotency-Key": "tuesday-1" };

describe("Idempotency-Key", () => {
  test("the same key and body: the first answer, byte for byte, and one request", async () => {
    const it = await desk([unsettled(one), unsettled(other)]);
    const first = await it.send("POST", path, { matchIds: [one] }, key);
    const text = await first.text();
    await settled();
    const second = await it.send("POST", path, { matchIds: [one] }, key);
    expect([second.status, await second.text()]).toEqual([first.status, text]);
    expect(it.events("match.retry.requested")).toHaveLength(1);
    expect(it.events("operator.requested")).toHaveLength(1);
  });

  test("also after a restart, and at another node", async () => {
    const before = await desk([unsettled(one)]);
    const first = await before.send("POST", path, { matchIds: [one] }, key);
    const text = await first.text();
    const after = await desk([], { server: before.server });
    const second = await after.send("POST", path, { matchIds: [one] }, key);
    expect([second.status, await second.text()]).toEqual([202, text]);
    expect(after.events("operator.requested")).toHaveLength(1);
  });

  test("another body or route: 422", async () => {
    const it = await desk([unsettled(one), unsettled(other)]);
    await it.send("POST", path, { matchIds: [one] }, key);
    for (const [where, body] of [
      [path, { matchIds: [other] }],
      ["/settlement-failures", { matchIds: [one] }],
      ["/backfill", { days: 7 }],
    ] as const) {
      const response = await it.send("POST", where, body, key);
      expect(response.status).toBe(422);
    }
    expect(it.events("operator.requested")).toHaveLength(1);
  });

  test("in flight: 409 for the second, one request for both", async () => {
    const it = await desk([unsettled(one)]);
    const both = await Promise.all([1, 2].map(() => it.send("POST", path, { matchIds: [one] }, key)));
    expect(both.map(({ status }) => status).sort((a, b) => a - b)).toEqual([202, 409]);
    expect(it.events("operator.requested")).toHaveLength(1);
  });

  test("at two nodes at once: one request, and the same answer from both", async () => {
    const a = await desk([unsettled(one)]);
    const b = await desk([], { server: a.server });
    const both = await Promise.all([a, b].map((it) => it.send("POST", path, { matchIds: [one] }, key)));
    expect(both.map(({ status }) => status)).toEqual([202, 202]);
    const [first, second] = await Promise.all(both.map((it) => it.text()));
    expect(second).toBe(first);
    expect(a.events("operator.requested")).toHaveLength(1);
  });

  test("what asked for nothing is remembered as well; what was refused is not", async () => {
    const it = await desk([unsettled(one)]);
    const unknown = { matchIds: [other] };
    expect((await it.send("POST", path, unknown, key)).status).toBe(404);
    await it.write(unsettled(other));
    expect((await it.send("POST", path, unknown, key)).status).toBe(202);
    const nothing = { "Idempotency-Key": "tuesday-2" };
    const first = await it.send("POST", path, { category: "bug" }, nothing);
    expect(await first.json()).toMatchObject({ requested: 0 });
    await settled();
    expect((await it.send("POST", path, { category: "crash" }, nothing)).status).toBe(422);
  });

  test.each(["", " ", "a b", "x".repeat(201)])("%o is no key: 400", async (text) => {
    const it = await desk([unsettled(one)]);
    const response = await it.send("POST", path, { matchIds: [one] }, { "Idempotency-Key": text });
    expect(response.status).toBe(400);
  });
});
