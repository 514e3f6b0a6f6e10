import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readPrincipals } from "../../src/config/principals.ts";
import { createRegister } from "../../src/http/access/register.ts";
import { type Ended, fulltime, startFulltime } from "../support/node-process.ts";
import { tempDir } from "../support/temp.ts";

/** Whom the node takes a token for. */
async function ownerOf(file: string, token: string) {
  const read = readPrincipals(file);
  if ("mistakes" in read) throw new Error(read.mistakes.join("\n"));
  const register = createRegister(null, read.principals);
  return register.find(token) ?? (await register.verify(token));
}

function withInput(dir: string, input: string, ...args: string[]): Promise<Ended> {
  const { child, ended } = startFulltime(dir, args, {}, "pipe");
  child.stdin?.end(input);
  return ended;
}

describe("fulltime token new", () => {
  test("shows the token on stdout, this once, and keeps its hash in the file, for its owner only", async () => {
    const dir = tempDir();
    const file = join(dir, "principals.json");
    const first = await fulltime(dir, "token", "new", "grafana", "--scope", "read", "--file", file);
    expect(first.code).toBe(0);
    const token = first.stdout.trim();
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(first.stderr).not.toContain(token);
    expect(readFileSync(file, "utf8")).not.toContain(token);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await ownerOf(file, token)).toEqual({ name: "grafana", scope: "read" });

    expect(readdirSync(dir)).toEqual(["principals.json"]);
  });

  test("without a file shows the entry to put there", async () => {
    const dir = tempDir();
    const [plain, json] = await Promise.all([
      fulltime(dir, "token", "new", "anna", "--scope", "operate"),
      fulltime(dir, "token", "new", "anna", "--scope", "operate", "--json"),
    ]);
    const shown = /\{.*\}/.exec(plain.stderr)?.[0] ?? "";
    const { token, entry } = JSON.parse(json.stdout) as { token: string; entry: unknown };
    for (const [secret, made] of [
      [plain.stdout.trim(), JSON.parse(shown) as unknown],
      [token, entry],
    ] as const) {
      const file = join(dir, "made.json");
      writeFileSync(file, JSON.stringify({ principals: [made] }));
      expect(await ownerOf(file, secret)).toEqual({ name: "anna", scope: "operate" });
    }
  });

  test("takes one of your own from standard input, and shows it nowhere", async () => {
    const dir = tempDir();
    const file = join(dir, "principals.json");
    const args = ["token", "new", "anna", "--scope", "read", "--stdin", "--file", file];
    const run = await withInput(dir, "correct-horse-battery\n", ...args);
    expect(run).toMatchObject({ code: 0, stdout: "" });
    expect(run.stderr).not.toContain("correct-horse");
    expect(readFileSync(file, "utf8")).toContain("scrypt:");
    expect(await ownerOf(file, "correct-horse-battery")).toEqual({ name: "anna", scope: "read" });
    expect(await withInput(dir, "short\n", ...args)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("at least 16 characters"),
    });
  });

  test("refuses a bad name and a bad scope before it makes anything", async () => {
    const dir = tempDir();
    const make = (name: string, scope: string) =>
      fulltime(dir, "token", "new", name, "--scope", scope, "--file", "principals.json");
    const refused = await Promise.all([make("Anna", "read"), make("admin", "read"), make("anna", "root")]);
    for (const run of refused) expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(readdirSync(dir)).toEqual([]);
  });
});

test("a node refuses a file of principals that is not in order, exit 2, by principal and field", async () => {
  const dir = tempDir();
  const file = join(dir, "principals.json");
  const secret = "a-token-that-stands-in-the-clear-by-mistake";
  writeFileSync(file, JSON.stringify({ principals: [{ name: "anna", scope: "read", token: secret }] }));
  const run = await startFulltime(dir, ["run"], { FULLTIME_PRINCIPALS: file }).ended;
  expect(run).toMatchObject({ code: 2, stdout: "" });
  expect(run.stderr).toContain(
    `FULLTIME_PRINCIPALS=${file}: principal anna: token: must begin with sha256: or scrypt:`,
  );
  expect(run.stderr).not.toContain(secret);
});

test("a node refuses to be reached from elsewhere by everybody, exit 2", async () => {
  const run = await startFulltime(tempDir(), ["run"], { FULLTIME_HOST: "0.0.0.0" }).ended;
  expect(run).toMatchObject({ code: 2, stdout: "" });
  expect(run.stderr).toContain("FULLTIME_HOST=0.0.0.0: binding beyond loopback needs FULLTIME_ADMIN_TOKEN");
});
