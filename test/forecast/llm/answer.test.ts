import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { answerSchema, readAnswer } from "../../../src/forecast/llm/answer.ts";
import { goodAnswer } from "../../support/llm-server.ts";

describe("reading an answer", () => {
  test("is total: whatever is said, it is a proper forecast, an abstention, or unreadable for a reason in our own words", () => {
    const loose = fc.oneof(fc.constant(null), fc.double(), fc.integer({ min: -2, max: 20 }), fc.string(), fc.boolean());
    const odd = fc.record(
      {
        abstain: fc.oneof(fc.boolean(), loose),
        tip: fc.oneof(fc.record({ home: loose, away: loose }), loose),
        probabilities: fc.oneof(fc.record({ home: fc.double(), draw: fc.double(), away: fc.double() }), loose),
        more: loose,
      },
      { requiredKeys: [] },
    );
    const said = fc.oneof(
      fc.string(),
      fc.json(),
      odd.map((it) => JSON.stringify(it)),
      fc.string().map((it) => `{${it}}`),
    );
    fc.assert(
      fc.property(said, (text) => {
        const read = readAnswer(text);
        if (read.kind === "unreadable") {
          expect(read.problem).toMatch(/^[\w .,;:()-]+$/);
          return;
        }
        if (read.kind === "abstained") return;
        const { home, draw, away } = read.probabilities;
        for (const p of [home, draw, away]) expect(p >= 0 && p <= 1).toBe(true);
        expect(Math.abs(home + draw + away - 1)).toBeLessThan(1e-9);
        for (const goals of [read.tip.home, read.tip.away])
          expect(Number.isInteger(goals) && goals >= 0 && goals <= 15).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test("any proper forecast is taken, words around it or not", () => {
    const goals = fc.integer({ min: 0, max: 15 });
    const weights = fc.tuple(fc.nat(100), fc.nat(100), fc.nat(100)).filter(([a, b, c]) => a + b + c > 0);
    const words = fc.string().filter((it) => !/[{}]/.test(it));
    fc.assert(
      fc.property(goals, goals, weights, words, words, (home, away, [a, b, c], before, after) => {
        const sum = a + b + c;
        const probabilities = { home: a / sum, draw: b / sum, away: c / sum };
        const read = readAnswer(
          `${before}${JSON.stringify({ abstain: false, tip: { home, away }, probabilities })}${after}`,
        );
        expect(read).toMatchObject({ kind: "tip", tip: { home, away } });
      }),
    );
  });

  test.for([
    ["{}", "abstain must be boolean; tip must be object; probabilities must be object"],
    [{ ...goodAnswer, tip: { home: 16, away: 0 } }, "tip.home must be at most 15"],
    [{ ...goodAnswer, "</data>": 1 }, "the answer has 1 unknown keys"],
    [{ ...goodAnswer, probabilities: { home: 0.6, draw: 0.3, away: 0.2 } }, "probabilities must sum to 1, not 1.100"],
    ["two one", "it is not one JSON object"],
  ] as const)("%j is told what is wrong", ([said, problem]) => {
    expect(readAnswer(typeof said === "string" ? said : JSON.stringify(said))).toEqual({ kind: "unreadable", problem });
  });
});

test("the schema has no place for words, and no bound that a server may refuse", () => {
  const text = JSON.stringify(answerSchema);
  expect(text).not.toMatch(/"string"|minimum|maximum|pattern|\$schema/);
  expect(answerSchema).toMatchObject({ required: ["abstain", "tip", "probabilities"], additionalProperties: false });
});
