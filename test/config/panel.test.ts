import { describe, expect, test } from "vitest";
import { readPanel } from "../../src/config/panel.ts";
import { starterPanel } from "../../src/forecast/starter.ts";
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
    expect(readPanel(jsonFile({ members: starterPanel }))).toEqual({ members: starterPanel });
  });

  test("may have 1 to 200 members", () => {
    expect(mistakesOf(many(1))).toEqual([]);
    expect(mistakesOf(many(200))).toEqual([]);
    expect(mistakesOf([])).toEqual(["members: must name 1 to 200 members, not none"]);
    expect(mistakesOf(many(201))).toEqual(["members: must name 1 to 200 members, not 201"]);
  });
});

describe("a mistake names the member and the field", () => {
  test.for([
    [{ ...elo("elo-k20"), family: "glicko" }, 'member elo-k20: family "glicko" does not exist, only '],
    [{ ...elo("elo-k20"), params: { kay: 20 } }, 'member elo-k20: params: family elo has no parameter "kay"; it has k'],
    [{ ...elo("elo-k20"), params: { k: "20" } }, 'member elo-k20: params.k "20": '],
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

  test("two members of one name", () => {
    expect(mistakesOf([elo("a"), elo("b"), elo("a")])).toEqual(['two members are called "a": rename one']);
  });

  test("every bad member is told", () => {
    expect(mistakesOf([{ ...elo("a"), family: "x" }, elo("b"), { ...elo("c"), params: { z: 1 } }])).toHaveLength(2);
  });

  test.for(["{", "[]", '{"member": []}'])("a file of %s", (content) => {
    const read = readPanel(jsonFile(content));
    expect("mistakes" in read && read.mistakes.length > 0).toBe(true);
  });
});
