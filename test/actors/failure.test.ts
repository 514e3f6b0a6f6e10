import { describe, expect, test } from "vitest";
import { StageError } from "../../src/actors/errors.ts";
import { causeOf } from "../../src/actors/failure.ts";

const print = (error: unknown) => causeOf(error).fingerprint;

function withStack(error: Error, ...frames: string[]): Error {
  error.stack = `${error.name}: ${error.message}\n${frames.map((frame) => `    at ${frame}`).join("\n")}`;
  return error;
}

function bug(value: number): Error {
  return new TypeError(`cannot read ${value}`);
}

describe("a StageError", () => {
  test("says itself what it is", () => {
    const error = new StageError("rate-limited", "slow down", { retryAt: 5, fingerprint: "f" });
    expect(causeOf(error)).toEqual({ category: "rate-limited", reason: "slow down", retryAt: 5, fingerprint: "f" });
  });
});

describe("anything else is a bug", () => {
  test("told by its name and message", () => {
    expect(causeOf(bug(1))).toMatchObject({ category: "bug", reason: "TypeError: cannot read 1" });
    expect(causeOf("oops")).toMatchObject({ category: "bug", reason: "threw oops" });
    expect(causeOf(undefined)).toMatchObject({ category: "bug", reason: "threw undefined" });
  });

  test("with the same fingerprint for the same bug at two call sites lines apart, whatever the values", () => {
    const errors: Error[] = [];
    errors.push(bug(1));

    errors.push(bug(2));
    expect(errors[0]?.stack?.split("\n")[2]).not.toBe(errors[1]?.stack?.split("\n")[2]);
    expect(print(errors[0])).toBe(print(errors[1]));
    expect(print(errors[0])).toMatch(/^bug:[0-9a-f]{12}$/);
  });

  test("with the same one wherever the program lies and however its lines have moved", () => {
    const here = withStack(
      new TypeError("x"),
      "read (file:///srv/app/src/poll.ts:12:3)",
      "async Promise.all (index 3)",
      "/srv/app/src/run.ts:4:1",
    );
    const there = withStack(
      new TypeError("y"),
      "read (/home/me/my app/src/poll.ts:99:7)",
      "async Promise.all (index 0)",
      "file:///opt/app/src/run.ts:5:2",
    );
    const windows = withStack(
      new TypeError("z"),
      "read (C:\\app\\src\\poll.ts:1:7)",
      "async Promise.all (index 1)",
      "C:\\app\\src\\run.ts:5:2",
    );
    expect(print(there)).toBe(print(here));
    expect(print(windows)).toBe(print(here));
  });

  test("though its message looks like a stack", () => {
    const frames = ["read (/a/poll.ts:1:1)"];
    expect(print(withStack(new Error("at\n    at 15:30\n    at x"), ...frames))).toBe(
      print(withStack(new Error("other"), ...frames)),
    );
  });

  test("with another one for another cause", () => {
    const place = "read (/a/poll.ts:1:1)";
    const prints = [
      print(withStack(new TypeError("x"), place)),
      print(withStack(new RangeError("x"), place)),
      print(withStack(new TypeError("x"), "write (/a/poll.ts:1:1)")),
      print(withStack(new TypeError("x"), "read (/a/settle.ts:1:1)")),
      print(withStack(new TypeError("x"), place, "run (/a/run.ts:1:1)")),
      print("text"),
      print(5),
    ];
    expect(new Set(prints).size).toBe(prints.length);
  });
});
