import { describe, expect, test } from "vitest";
import { createLanes } from "../../src/actors/lanes.ts";
import { settled } from "../support/node.ts";

/** Calls that end when the test says so. */
function calls(size: number) {
  const lanes = createLanes(
    new Map([
      ["a", size],
      ["b", 1],
    ]),
  );
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const call = (name: string, { lane = "a", live = true, signal = new AbortController().signal } = {}) =>
    lanes.run(lane, live, signal, () => {
      begun.push(name);
      return new Promise<string>((resolve) => ends.set(name, () => resolve(name)));
    });
  return { begun, call, end: (name: string) => ends.get(name)?.() };
}

describe("a lane", () => {
  test("has room for so many, the others come in turn", async () => {
    const { begun, call, end } = calls(2);
    const all = ["1", "2", "3", "4"].map((name) => call(name));
    await settled();
    expect(begun).toEqual(["1", "2"]);
    end("2");
    await settled();
    expect(begun).toEqual(["1", "2", "3"]);
    for (const name of ["1", "3"]) end(name);
    await settled();
    end("4");
    expect(await Promise.all(all)).toEqual(["1", "2", "3", "4"]);
  });

  test("lets those in that are asked in time before those in hindsight", async () => {
    const { begun, call, end } = calls(1);
    void call("first");
    void call("retro", { live: false });
    void call("live");
    await settled();
    end("first");
    await settled();
    expect(begun).toEqual(["first", "live"]);
    end("live");
    await settled();
    expect(begun).toEqual(["first", "live", "retro"]);
  });

  test("keeps nobody out of another", async () => {
    const { begun, call } = calls(1);
    void call("1");
    void call("2", { lane: "b" });
    await settled();
    expect(begun).toEqual(["1", "2"]);
  });

  test("forgets who is told to stop while waiting", async () => {
    const { begun, call, end } = calls(1);
    void call("1");
    const stop = new AbortController();
    const waiting = call("2", { signal: stop.signal });
    void call("3");
    const reason = new Error("enough");
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(call("4", { signal: stop.signal })).rejects.toBe(reason);
    end("1");
    await settled();
    expect(begun).toEqual(["1", "3"]);
  });

  test("gives the room of a call that throws to the next one", async () => {
    const lanes = createLanes(new Map([["a", 1]]));
    const { signal } = new AbortController();
    const failing = lanes.run("a", true, signal, () => Promise.reject(new Error("oops")));
    const next = lanes.run("a", true, signal, () => Promise.resolve("in"));
    await expect(failing).rejects.toThrow("oops");
    expect(await next).toBe("in");
  });
});
