import { describe, expect, test } from "vitest";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { panelJsonSchema, readPanel } from "../../src/config/panel.ts";
import { builtInPanel } from "../../src/forecast/built-in-panel.ts";
import { jsonFile } from "../support/file.ts";

function mistakesOf(members: unknown): string[] {
  const read = readPanel(jsonFile({ members }));
  return "mistakes" in read ? read.mistakes : [];
}

const elo = (name: string) => ({ name, family: "elo" });
const many = (count: number) => Array.from({ length: count }, (_, index) => elo(`elo-${index}`));

describe("a panel file", () => {
  test("is the whole roster, in its order", () => {
    const read = readPanel(
      jsonFile({
        members: [
          { ...elo("elo-k20"), params: { k: 20 } },
          { name: "base", family: "base-rates", version: "2" },
        ],
      }),
    );
    expect(read).toEqual({
      members: [
        { name: "elo-k20", family: "elo", version: "1", params: { k: 20 } },
        { name: "base", family: "base-rates", version: "2", params: {} },
      ],
    });
  });

  test("may hold the built-in panel", () => {
    expect(readPanel(jsonFile({ members: builtInPanel }))).toEqual({ members: builtInPanel });
  });

  test("may begin with a byte order mark", () => {
    expect(readPanel(jsonFile(`\uFEFF${JSON.stringify({ members: [elo("a")] })}`))).toHaveProperty("members");
  });

  test("may have 1 to 200 members", () => {
    expect(mistakesOf(many(1))).toEqual([]);
    expect(mistakesOf(many(200))).toEqual([]);
    expect(mistakesOf([])).toEqual(["members: must name 1 to 200 members, not none"]);
    expect(mistakesOf(many(201))).toEqual(["members: must name 1 to 200 members, not 201"]);
  });
});

const oracle = { name: "oracle", family: "llm", model: "vendor/oracle" };

describe("a language model", () => {
  test("needs a name and what its server calls it", () => {
    expect(readPanel(jsonFile({ members: [oracle] }))).toEqual({
      members: [
        {
          ...oracle,
          version: "1",
          answersAs: [],
          url: null,
          keyEnv: null,
          concurrency: 64,
          dailyCostMax: null,
          price: null,
          timeout: 60_000,
          params: {},
        },
      ],
    });
  });

  test("may stand beside statistical members, with all it can have", () => {
    const full = {
      ...oracle,
      version: "2",
      answersAs: ["oracle"],
      url: "https://models.example/v1/",
      keyEnv: "SOME_KEY",
      concurrency: 4,
      dailyCostMax: 5,
      price: { in: 1.5, out: 6 },
      timeout: "10m",
      params: { temperature: 0 },
    };
    const read = readPanel(jsonFile({ $schema: "panel.schema.json", members: [elo("a"), full, elo("b")] }));
    expect(read).toEqual({
      members: [
        expect.objectContaining({ name: "a" }),
        { ...full, url: "https://models.example/v1", timeout: 600_000 },
        expect.objectContaining({ name: "b" }),
      ],
    });
  });

  test.for([
    [{ model: undefined }, "member oracle: model: "],
    [{ url: "models.example" }, 'member oracle: url "models.example": must be like https://host/v1'],
    [{ url: "https://h/v1/chat/completions" }, "must be the base before /chat/completions"],
    [{ url: "https://h/v1?key=x" }, "must not have a query"],
    [{ concurrency: 0 }, "member oracle: concurrency 0: "],
    [{ dailyCostMax: 0 }, "member oracle: dailyCostMax 0: "],
    [{ price: { in: 1 } }, "member oracle: price.out: "],
    [{ price: 1 }, "member oracle: price 1: "],
    [{ timeout: "soon" }, 'member oracle: timeout "soon": must be a duration like "60s"'],
    [{ timeout: "601s" }, 'member oracle: timeout "601s": must be at most 10m'],
    [{ timeout: "25d" }, 'member oracle: timeout "25d": must be at most 10m'],
    [{ params: { temprature: 1 } }, 'member oracle: params {"temprature":1}: Unrecognized key: "temprature"'],
    [{ k: 20 }, 'member oracle: Unrecognized key: "k"'],
    [{ keyEnv: "FULLTIME_ADMIN_TOKEN" }, "member oracle: keyEnv: must not be one of this program's own variables"],
  ] as const)("%j is a mistake", ([change, line]) => {
    const mistakes = mistakesOf([elo("first"), { ...oracle, ...change }]);
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toContain(line);
  });

  test("a key in its place is not told again", () => {
    expect(mistakesOf([{ ...oracle, keyEnv: "sk-canary" }]).join()).not.toContain("canary");
    for (const url of [
      "https://me:canary@h/v1",
      "https://h/v1?api_key=canary",
      "https://h/v1#canary",
      "h/v1?canary",
      "me:canary@h/v1",
    ])
      expect(mistakesOf([{ ...oracle, url }]).join()).not.toContain("canary");
  });
});

test("what a panel file may hold is published", () => {
  const published = readFileSync(resolve(import.meta.dirname, "../../docs/panel.schema.json"), "utf8");
  // Otherwise: npm run -s fulltime -- config --panel-schema > docs/panel.schema.json, then npm run format.
  expect(JSON.parse(published)).toEqual(panelJsonSchema());
});

describe("a mistake names the member and the field", () => {
  test.for([
    [{ ...elo("elo-k20"), family: "glicko" }, 'member elo-k20: family "glicko" does not exist, only '],
    [
      { ...elo("elo-k20"), params: { kay: 20 } },
      'member elo-k20: params {"kay":20}: family elo has no parameter "kay"; it has k',
    ],
    [{ ...elo("elo-k20"), params: { k: "20" } }, 'member elo-k20: params.k "20": must be a number from 0 to 200'],
    [{ ...elo("elo-k20"), params: { k: 1e300 } }, "member elo-k20: params.k 1e+300: must be a number from 0 to 200"],
    [{ ...elo("elo-k20"), params: { k: -1 } }, "member elo-k20: params.k -1: must be a number from 0 to 200"],
    [
      { ...elo("elo-k20"), params: { relegated: 2.5 } },
      "member elo-k20: params.relegated 2.5: must be a whole number from 1 to 20",
    ],
    [
      { name: "far", family: "kalman", params: { unknown: 0 } },
      "member far: params.unknown 0: must be a number from 0.0001 to 1",
    ],
    [{ ...elo("elo-k20"), version: "" }, 'member elo-k20: version "": '],
    [{ ...elo("elo-k20"), url: "http://example.org" }, 'member elo-k20: Unrecognized key: "url"'],
    [{ name: "elo-k20" }, "member elo-k20: family: "],
    [elo("Elo K20"), 'member Elo K20: name "Elo K20": must be lower-case letters, digits, dots and hyphens'],
    [{ family: "elo" }, "member 2: name: "],
    ["elo", "member 2: "],
  ] as const)("%j", ([member, line]) => {
    const mistakes = mistakesOf([elo("first"), member]);
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toContain(line);
  });

  test("members of one name, of whatever family", () => {
    expect(mistakesOf([elo("a"), elo("b"), elo("a"), { ...oracle, name: "a" }])).toEqual([
      'member a: name "a": members 1, 3, 4 have it: rename all but one',
    ]);
  });

  test("every bad member is told", () => {
    const members = [{ ...elo("a"), family: "x" }, elo("b"), { ...elo("c"), params: { z: 1, k: -1 } }, elo("b")];
    expect(mistakesOf(members)).toHaveLength(4);
  });

  test("a number too large for JSON is told as one", () => {
    const read = readPanel(jsonFile('{"members":[{"name":"a","family":"elo","params":{"k":1e999}}]}'));
    expect(read).toEqual({ mistakes: ["member a: params.k Infinity: must be a number from 0 to 200"] });
  });

  test("a value of any length is told in a line", () => {
    const [line] = mistakesOf([{ ...elo("a"), version: "v".repeat(10_000) }]);
    expect(line?.length).toBeLessThan(250);
  });

  test.for(["{", "[]", '{"member": []}'])("a file of %s", (content) => {
    const read = readPanel(jsonFile(content));
    expect("mistakes" in read && read.mistakes.length > 0).toBe(true);
  });
});
