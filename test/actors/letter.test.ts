import { describe, expect, test } from "vitest";
import { type Letter, letterSizeMax, readLetter } from "../../src/actors/letter.ts";
import { encode } from "../../src/events/envelope.ts";
import { history } from "../support/history.ts";

const bytes = (json: unknown) => new TextEncoder().encode(typeof json === "string" ? json : JSON.stringify(json));

function letterOf(body: Uint8Array): Letter {
  const read = readLetter(body);
  if ("code" in read) throw new Error(`${read.code}: ${read.text}`);
  return read.letter;
}

const plain: Letter = { matchIds: null, days: null, stages: null, reason: null, by: null };

describe("a letter is read", () => {
  test.for([
    [{ matchId: "pl-a-b" }, { matchIds: ["pl-a-b"] }],
    [{ matchIds: ["pl-a-b", "pl-c-d", "pl-a-b"] }, { matchIds: ["pl-a-b", "pl-c-d"] }],
    [{ days: 7 }, { days: 7 }],
    [{ days: 0.5 }, { days: 0.5 }],
    [{ days: 30 }, { days: 30 }],
    [
      { matchId: "x", stages: ["predict"], reason: "why", by: "me" },
      { matchIds: ["x"], stages: ["predict"], reason: "why", by: "me" },
    ],
    [
      { days: 1, stages: ["analyse", "lineups", "predict", "settle"] },
      { days: 1, stages: ["analyse", "lineups", "predict", "settle"] },
    ],
  ] as const)("%j", ([json, letter]) => {
    expect(letterOf(bytes(json))).toEqual({ ...plain, ...letter });
  });

  test("from a stored request that somebody publishes again", () => {
    const life = history()
      .scheduled()
      .retro({ by: "anna", reason: "outage", stages: ["predict"], letter: 12 });
    const stored = encode({ root: "match", id: life.id }, life.last);
    expect(letterOf(stored)).toEqual({
      matchIds: [life.id],
      days: null,
      stages: ["predict"],
      reason: "outage",
      by: "anna",
    });
  });

  test("from one whose words are longer than a letter's may be", () => {
    const life = history()
      .scheduled()
      .retro({ by: "b".repeat(5000), reason: "r".repeat(5000) });
    const letter = letterOf(encode({ root: "match", id: life.id }, life.last));
    expect([letter.by?.length, letter.reason?.length]).toEqual([100, 300]);
  });

  test("up to 64 kB", () => {
    const text = JSON.stringify({ matchId: "x" });
    expect(letterOf(bytes(text + " ".repeat(letterSizeMax - text.length))).matchIds).toEqual(["x"]);
  });
});

describe("a letter is rejected, naming what is wrong", () => {
  test.for([
    ["", "not-json", "the request is not JSON"],
    ["predict it", "not-json", "the request is not JSON"],
    ["null", "bad-request", "a request is an object, not null"],
    [["x"], "bad-request", 'a request is an object, not ["x"]'],
    [{}, "bad-request", "exactly one of matchId, matchIds and days is needed, not none"],
    [{ stages: ["predict"] }, "bad-request", "exactly one of matchId, matchIds and days is needed, not none"],
    [
      { matchId: "x", days: 1 },
      "bad-request",
      "exactly one of matchId, matchIds and days is needed, not matchId and days",
    ],
    [{ match: "x" }, "bad-request", 'unknown field "match"'],
    [{ matchId: "x", stage: "predict" }, "bad-request", 'unknown field "stage"'],
    [{ matchId: 5 }, "bad-request", "matchId cannot be 5"],
    [{ matchIds: [] }, "bad-request", "matchIds cannot be []"],
    [{ matchIds: ["x", 1] }, "bad-request", 'matchIds cannot be ["x",1]'],
    [{ days: 0 }, "bad-request", "days cannot be 0"],
    [{ days: -1 }, "bad-request", "days cannot be -1"],
    [{ days: 31 }, "bad-request", "days cannot be 31"],
    [{ days: "7" }, "bad-request", 'days cannot be "7"'],
    [{ days: 7, stages: [] }, "bad-request", "stages cannot be []"],
    [{ days: 7, stages: ["finish"] }, "bad-request", 'stages cannot be ["finish"]'],
    [{ days: 7, reason: 1 }, "bad-request", "reason cannot be 1"],
    [{ days: 7, by: "b".repeat(101) }, "bad-request", "by cannot be "],
  ] as const)("%j is %s", ([json, code, text]) => {
    const read = readLetter(bytes(json));
    expect(read).toEqual({ code, text: expect.stringContaining(text) });
    expect(read).toEqual({ code, text: expect.stringContaining('send {"matchId": "..."}') });
  });

  test("bytes that are no UTF-8", () => {
    expect(readLetter(new Uint8Array([0xff, 0xfe]))).toMatchObject({ code: "not-json" });
  });

  test("more than 64 kB, whatever they hold", () => {
    expect(readLetter(bytes(" ".repeat(letterSizeMax + 1)))).toEqual({
      code: "too-large",
      text: "the request has 65537 bytes, at most 65536 are read: ask for fewer matches at a time",
    });
  });

  test("in a text of bounded length", () => {
    const json = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`field-${i}`, 1]));
    const read = readLetter(bytes(json));
    expect("text" in read && read.text.length).toBeLessThan(600);
  });
});
