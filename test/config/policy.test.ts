import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatDuration } from "../../src/config/duration.ts";
import { policyRules, readPolicy, spellPolicy } from "../../src/config/policy.ts";
import { defaultPolicy } from "../../src/match/policy.ts";
import { jsonFile } from "../support/file.ts";
import { day, hour, minute, second } from "../support/history.ts";
import { tempDir } from "../support/temp.ts";

function policyOf(content: unknown) {
  const read = readPolicy(jsonFile(content));
  if ("mistakes" in read) throw new Error(read.mistakes.join("\n"));
  return read.policy;
}

function mistakesOf(content: unknown): string[] {
  const read = readPolicy(jsonFile(content));
  return "mistakes" in read ? read.mistakes : [];
}

describe("a policy file", () => {
  test("overrides what it names and leaves the rest", () => {
    const policy = policyOf({
      pollEvery: "10s",
      due: { predict: "45m" },
      budget: { settle: "1s" },
      inFlight: { retro: 9 },
      autoRetro: true,
    });
    expect(policy).toEqual({
      ...defaultPolicy,
      pollEvery: 10 * second,
      due: { ...defaultPolicy.due, predict: 45 * minute },
      budget: { ...defaultPolicy.budget, settle: second },
      inFlight: { ...defaultPolicy.inFlight, retro: 9 },
      autoRetro: true,
    });
  });

  test("without keys is the default policy", () => {
    expect(policyOf({})).toEqual(defaultPolicy);
  });

  test("with the default policy spelt out is the default policy", () => {
    const spelt = spellPolicy(defaultPolicy);
    expect(spelt).toMatchObject({
      pollEvery: "3h",
      attempts: 5,
      retryDelays: ["30s", "1m", "2m", "4m"],
      autoRetro: false,
      inFlight: { retro: 4 },
    });
    expect(policyOf(spelt)).toEqual(defaultPolicy);
  });

  test("reads back what any policy is spelt as", () => {
    const ms = fc.integer({ min: 1, max: 5 * day });
    const durations = fc.record({ pollEvery: ms, resultEvery: ms, waveEvery: ms, modelRest: ms, unansweredAfter: ms });
    fc.assert(
      fc.property(
        durations,
        fc.array(ms, { minLength: 4, maxLength: 9 }),
        fc.boolean(),
        (given, retryDelays, autoRetro) => {
          const policy = { ...defaultPolicy, ...given, retryDelays, autoRetro };
          expect(policyOf(spellPolicy(policy))).toEqual(policy);
        },
      ),
      { numRuns: 30 },
    );
  });

  test("may shrink everything to seconds", () => {
    const policy = policyOf({
      pollEvery: "1s",
      pollAhead: "1s",
      due: { analyse: "1s", lineups: "1s", predict: "1s" },
      watch: { analyse: "1s", lineups: "1s", predict: "1s", settle: "1s" },
      retryDelays: ["1s", "1s", "1s", "1s"],
      critical: "1s",
      warning: "1s",
    });
    expect(policy.due.predict).toBe(second);
  });
});

describe("a mistake is one line with the key, the value and what would be right", () => {
  test.for([
    [{ polEvery: "3h" }, 'unknown key "polEvery": see fulltime config --help for the keys'],
    [{ due: { settle: "1h" } }, 'unknown key "due.settle": see fulltime config --help for the keys'],
    [
      { budget: { poll: "2 min" } },
      'budget.poll "2 min": is not a duration: write a whole number and ms, s, m, h or d, like "90s"',
    ],
    [{ pollEvery: "0s" }, 'pollEvery "0s": must be longer than nothing'],
    [{ pollAhead: "36500d" }, 'pollAhead "36500d": can be 3650d at most'],
    [{ pollEvery: 10 }, "pollEvery 10: "],
    [{ attempts: 0 }, "attempts 0: "],
    [{ attempts: "5" }, 'attempts "5": '],
    [{ retryDelays: [] }, "retryDelays []: "],
    [{ retryDelays: ["30s", "x"] }, 'retryDelays.1 "x": is not a duration'],
    [{ inFlight: { retro: 1.5 } }, "inFlight.retro 1.5: "],
    [{ autoRetro: "yes" }, 'autoRetro "yes": '],
    [[], "the file []: "],
  ] as const)("%j", ([content, line]) => {
    const mistakes = mistakesOf(content);
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toContain(line);
  });

  test("and all of them are told", () => {
    expect(mistakesOf({ polEvery: "3h", attempts: 0, due: { predict: "soon" } })).toHaveLength(3);
  });

  test.for(["nothing", "{"])("a file of %s is named", (content) => {
    const path = jsonFile(content);
    expect(readPolicy(path)).toEqual({ mistakes: [expect.stringMatching(`^${path} cannot be read as JSON: `)] });
  });

  test("so is one that does not exist", () => {
    const path = join(tempDir(), "no.json");
    expect(readPolicy(path)).toEqual({ mistakes: [expect.stringContaining("ENOENT")] });
  });
});

describe("an impossible combination is refused by name, with the values", () => {
  test.for([
    [
      { due: { analyse: "20m" } },
      "due.analyse must be at least due.predict",
      "(due.analyse is 20m, due.predict is 30m)",
    ],
    [
      { due: { lineups: "10m" } },
      "due.lineups must be at least due.predict",
      "(due.lineups is 10m, due.predict is 30m)",
    ],
    [{ pollAhead: "1h" }, "pollAhead must be at least due.analyse", "(pollAhead is 1h, due.analyse is 6h)"],
    [
      { watch: { analyse: "1h" } },
      "watch.analyse must be at least due.analyse",
      "(watch.analyse is 1h, due.analyse is 6h)",
    ],
    [
      { watch: { lineups: "1m" } },
      "watch.lineups must be at least due.lineups",
      "(watch.lineups is 1m, due.lineups is 1h)",
    ],
    [
      { watch: { predict: "1m" } },
      "watch.predict must be at least due.predict",
      "(watch.predict is 1m, due.predict is 30m)",
    ],
    [{ watch: { settle: "31d" } }, "watch.settle can be 30d at most", "(watch.settle is 31d)"],
    [{ warning: "1h" }, "warning must be at least critical", "(warning is 1h, critical is 2h)"],
    [
      { attempts: 6 },
      "retryDelays must have at least attempts - 1 delays",
      "(retryDelays is [30s, 1m, 2m, 4m], attempts is 6)",
    ],
  ] as const)("%j", ([content, rule, values]) => {
    const mistakes = mistakesOf(content);
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toContain(rule);
    expect(mistakes[0]).toContain(values);
  });

  test("every rule holds of the default policy, and every one can be broken", () => {
    expect(policyRules.filter((rule) => rule.broken(defaultPolicy))).toEqual([]);
    const due = { analyse: hour, lineups: hour, predict: 2 * hour };
    const watch = { analyse: 0, lineups: 0, predict: 0, settle: 31 * day };
    const bad = { ...defaultPolicy, due, watch, pollAhead: 0, warning: 0, attempts: 9 };
    expect(policyRules.filter((rule) => !rule.broken(bad))).toEqual([]);
    expect(formatDuration(bad.watch.settle)).toBe("31d");
  });
});
