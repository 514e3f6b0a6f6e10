import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { addPrincipal } from "../../scripts/cli/principals-file.ts";
import { readPrincipals } from "../../src/config/principals.ts";
import { newToken, sha256Of } from "../../src/http/access/token-hash.ts";
import { tempDir } from "../support/temp.ts";

const entry = (name: string) => ({ name, scope: "read", token: sha256Of(newToken()) }) as const;

test("a file is made, added to and left alone with what a node reads, for its owner only", () => {
  const dir = tempDir();
  const file = join(dir, "principals.json");
  const [anna, bert] = [entry("anna"), entry("bert")];
  addPrincipal(file, anna);
  addPrincipal(file, bert);
  expect(readPrincipals(file)).toEqual({ principals: [anna, bert] });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(() => addPrincipal(file, entry("anna"))).toThrow("has a principal anna already");
  expect(readPrincipals(file)).toEqual({ principals: [anna, bert] });
  expect(readdirSync(dir)).toEqual(["principals.json"]);
});

test("a file that a node would refuse is told, not mended", () => {
  const file = join(tempDir(), "principals.json");
  writeFileSync(file, "{}");
  expect(() => addPrincipal(file, entry("anna"))).toThrow(`${file}: principals: `);
  expect(readFileSync(file, "utf8")).toBe("{}");
});

test("of two at once the second is told so: it would lose the entry of the first", () => {
  const file = join(tempDir(), "principals.json");
  writeFileSync(`${file}.new`, "");
  expect(() => addPrincipal(file, entry("anna"))).toThrow("another command is writing it");
});

test("a link to the file stays one", () => {
  const dir = tempDir();
  const [file, link] = [join(dir, "principals.json"), join(dir, "link.json")];
  addPrincipal(file, entry("anna"));
  symlinkSync(file, link);
  addPrincipal(link, entry("bert"));
  expect(readPrincipals(file)).toMatchObject({ principals: [{ name: "anna" }, { name: "bert" }] });
});
