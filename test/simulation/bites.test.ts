import { execFile } from "node:child_process";
import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { tempDir } from "../support/temp.ts";
import { type Mutation, mutations } from "./mutations.ts";

const run = promisify(execFile);
const repository = join(import.meta.dirname, "..", "..");
const seedsMax = 300;

/** A copy of the program with one bug in it, played until a seed shows it. */
async function play(mutation: Mutation): Promise<{ code: number; told: string }> {
  const copy = tempDir();
  for (const part of ["src", "test/simulation", "scripts/simulate.ts", "package.json", "tsconfig.json"]) {
    cpSync(join(repository, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(repository, "node_modules"), join(copy, "node_modules"));
  const file = join(copy, "src", mutation.file);
  const text = readFileSync(file, "utf8");
  expect(text.split(mutation.find).length - 1, `${mutation.file} has the line of "${mutation.name}" once`).toBe(1);
  writeFileSync(
    file,
    text.replace(mutation.find, () => mutation.replace),
  );
  const args = ["--import", "tsx", "scripts/simulate.ts", "--quiet", "--seeds", String(seedsMax)];
  try {
    const { stdout } = await run(process.execPath, args, { cwd: copy, maxBuffer: 2 ** 26 });
    return { code: 0, told: stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, told: `${stdout}${stderr}` };
  }
}

describe(`within ${seedsMax} seeds the simulation notices that`, () => {
  it.for(mutations)("$name", { timeout: 240_000, concurrent: true }, async (mutation) => {
    const { code, told } = await play(mutation);
    expect(code, told.slice(0, 2000)).toBe(3);
    expect(told).toMatch(/^seed \d+: (invariant \d is broken|a run must not do this)/);
  });
});
