import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { suspectsIn } from "../../src/actors/suspects.ts";
import { tempDir } from "../support/temp.ts";

describe("suspects", () => {
  test("are what ran alone when the process before died, and what it suspected itself", () => {
    const dir = tempDir();
    const first = suspectsIn(dir);
    first.began("predict:7");
    first.began("notify:9");
    expect(first.has("predict:7")).toBe(false);
    first.ended("notify:9");
    const second = suspectsIn(dir);
    expect([second.has("predict:7"), second.has("notify:9")]).toEqual([true, false]);
    second.began("predict:8");
    const third = suspectsIn(dir);
    expect([third.has("predict:7"), third.has("predict:8")]).toEqual([true, true]);
  });

  test("leave no file once all are survived", () => {
    const dir = tempDir();
    suspectsIn(dir).began("predict:7");
    const next = suspectsIn(dir);
    next.began("predict:7");
    next.ended("predict:7");
    expect(existsSync(join(dir, "ran-alone.json"))).toBe(false);
    expect(suspectsIn(dir).has("predict:7")).toBe(false);
  });

  test.each(["", "[", '{"a":1}', "[1]"])("are nobody where the file says %j", (text) => {
    const dir = tempDir();
    writeFileSync(join(dir, "ran-alone.json"), text);
    const suspects = suspectsIn(dir);
    expect(suspects.has("predict:7")).toBe(false);
    suspects.began("predict:7");
    expect(suspectsIn(dir).has("predict:7")).toBe(true);
  });
});
