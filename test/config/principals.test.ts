import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readPrincipals } from "../../src/config/principals.ts";
import { newToken, sha256Of } from "../../src/http/access/token-hash.ts";
import { jsonFile } from "../support/file.ts";
import { tempDir } from "../support/temp.ts";

const entry = (name: string, more: object = {}) => ({ name, scope: "read", token: sha256Of(newToken()), ...more });

function mistakesOf(...principals: unknown[]): string[] {
  const read = readPrincipals(jsonFile({ principals }));
  return "mistakes" in read ? read.mistakes : [];
}

test("a file of principals is read in its order", () => {
  const principals = [entry("grafana"), entry("anna.b-c_2", { scope: "admin" })];
  expect(readPrincipals(jsonFile({ principals }))).toEqual({ principals });
});

describe("a mistake names the principal and the field", () => {
  test.for([
    [entry("Anna"), "principal 2: name: must be 1 to 63 lower-case letters"],
    [entry("x".repeat(64)), "principal 2: name: must be 1 to 63"],
    [entry("admin"), "principal admin: name: is reserved"],
    [entry("local"), "principal local: name: is reserved"],
    [entry("anna", { scope: "root" }), "principal anna: scope: must be read or operate or admin"],
    [{ ...entry("anna"), scope: undefined }, "principal anna: scope: "],
    [entry("anna", { token: "sha256:x" }), "principal anna: token: must be sha256: and 64 hexadecimal digits"],
    [entry("anna", { token: 1 }), "principal anna: token: "],
    [entry("anna", { role: "admin" }), "principal anna: has a key beside name, scope and token"],
    ["anna", "principal 2: "],
  ] as const)("%j", ([principal, line]) => {
    const mistakes = mistakesOf(entry("first"), principal);
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toContain(line);
  });

  test("two of one name, two of one token, several at once", () => {
    const first = entry("a");
    expect(mistakesOf(first, entry("a"))).toEqual(["principal a: name: there are two of this name"]);
    expect(mistakesOf(first, { ...entry("b"), token: first.token.toUpperCase().replace("SHA", "sha") })).toEqual([
      "principal b: token: is that of a too; the log could not tell them apart",
    ]);
    expect(mistakesOf(entry("A"), entry("b", { scope: "x" }))).toHaveLength(2);
    expect(mistakesOf()).toEqual(["principals: must name at least one principal"]);
  });
});

test("a token in the wrong place of the file is never told", () => {
  const token = newToken()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "x");
  const texts = [
    token,
    `{"principals": [{"name": "a", "scope": "read", "token": ${token}}]}`,
    JSON.stringify({ [token]: [] }),
    ...[{ token }, { scope: token }, { name: token, token: 1 }, { [token]: 1 }].map((more) =>
      JSON.stringify({ principals: [entry("a", more)] }),
    ),
  ];
  for (const text of texts) {
    const read = readPrincipals(jsonFile(text));
    if (!("mistakes" in read)) throw new Error(`was taken: ${text}`);
    expect(read.mistakes.join()).not.toContain(token);
  }
});

test("a file that is not there, or holds something else, is told", () => {
  const missing = join(tempDir(), "none.json");
  expect(readPrincipals(missing)).toEqual({ mistakes: [expect.stringContaining(`${missing} cannot be read`)] });
  for (const text of ["{", "[]", "null", '{"principal": []}', '{"principals": {}}']) {
    const read = readPrincipals(jsonFile(text));
    expect("mistakes" in read && read.mistakes.length > 0).toBe(true);
  }
});
