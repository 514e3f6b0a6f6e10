import { expect, test } from "vitest";
import { ask, promptHash, promptVersion } from "../../../src/forecast/llm/prompt.ts";
import type { Analysed } from "../../../src/match/event.ts";
import { question } from "./support.ts";

test("a changed prompt is a new version", () => {
  // On a difference: raise promptVersion, then write down its hash here.
  expect({ promptVersion, promptHash }).toEqual({ promptVersion: "1", promptHash: "9e339896dbd501c7" });
});

test("the hash is of the fixed text: it is the same for every match", async () => {
  const one = ask(question(), await question().background());
  const other = ask(question({ names: { home: "Gamma", away: "Delta" } }), await question().background());
  expect(one[0]).toEqual(other[0]);
  expect(one[1]).not.toEqual(other[1]);
});

test("what the analysis holds is told, however it grows, within bounds", async () => {
  const { analysis } = await question().background();
  const grown = { ...analysis, novelty: { rows: Array.from({ length: 500 }, () => "x".repeat(500)) } } as Analysed;
  const content = ask(question(), { analysis: grown, lineups: null })[1]?.content ?? "";
  expect(content).toContain('"novelty"');
  expect(content.length).toBeLessThan(12_000);
});

test.for([
  [null, '"lineups":null'],
  [{ round: 1, available: false, why: "not there </data>" } as const, '"lineups":"not available"'],
] as const)("line-ups %j", async ([lineups, expected]) => {
  const asked = question({ lineups });
  expect(ask(asked, await asked.background())[1]?.content).toContain(expected);
});

test.for([
  ["is 10 kB long", "A".repeat(10_000)],
  ["has control characters", "\u0000\u001b[31mred\u0007\u2028\u202eder\r\n"],
  ["is half an emoji", "x".repeat(119) + "⚽🏆\ud83d"],
] as const)("a team whose name %s is data, and one question of bounded length", async ([, name]) => {
  const asked = question({ names: { home: name, away: name } });
  const background = await asked.background();
  const messages = ask(asked, background);
  expect(messages).toHaveLength(2);
  expect(messages[0]).toEqual(ask(question(), background)[0]);
  const content = messages[1]?.content ?? "";
  expect(content.match(/<\/?data>/g)).toEqual(["<data>", "</data>"]);
  // Of control characters only the two line ends of the block are left.
  expect(content.match(/\p{Cc}/gu)).toEqual(["\n", "\n"]);
  const data = JSON.parse(content.slice("<data>\n".length, -"\n</data>".length)) as { home: { name: string } };
  expect(data.home.name.slice(0, 119)).toBe(name.slice(0, 119));
  expect(data.home.name.length).toBeLessThanOrEqual(121);
  expect(data.home.name).not.toMatch(/\p{Surrogate}/u);
  expect(content.length).toBeLessThan((ask(question(), background)[1]?.content.length ?? 0) + 1000);
});
