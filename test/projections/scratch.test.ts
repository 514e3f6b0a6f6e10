import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createScratch } from "../../src/projections/scratch.ts";
import { tempDir } from "../support/temp.ts";

test("two of one process do not meet, and each is removed alone", () => {
  const dir = tempDir();
  const [one, other] = [createScratch(dir), createScratch(dir)];
  writeFileSync(one.file, "");
  writeFileSync(other.file, "");
  one.remove();
  expect([existsSync(one.file), existsSync(other.file)]).toEqual([false, true]);
  other.remove();
  expect(readdirSync(dir)).toEqual([]);
});

test("what a dead process left is removed by the next, and nothing else", () => {
  const dir = tempDir();
  const { pid } = spawnSync(process.execPath, ["-e", ""]);
  const theirs = [`scratch-${pid}-1.sqlite`, `scratch-${process.pid}-99.sqlite`, "scratch-x.sqlite", "node.lock"];
  for (const name of theirs) writeFileSync(join(dir, name), "");
  createScratch(dir).remove();
  expect(readdirSync(dir).sort()).toEqual(theirs.slice(1).sort());
});

test("one goes with its process", () => {
  const dir = tempDir();
  const module = JSON.stringify(new URL("../../src/projections/scratch.ts", import.meta.url).href);
  const source = `import { createScratch } from ${module}; import { writeFileSync } from "node:fs";
    writeFileSync(createScratch(process.argv[1]).file, ""); process.exit(1);`;
  const { status, stderr } = spawnSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", source, dir]);
  expect([status, String(stderr)]).toEqual([1, ""]);
  expect(readdirSync(dir)).toEqual([]);
});
