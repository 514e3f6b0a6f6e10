import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname } from "node:path";
import { expect, test } from "vitest";
import { findChromium } from "../scripts/chromium.ts";
import { tempDir } from "./support/temp.ts";

test("two processes that unpack it at once end with one, whole, and nothing beside it", async () => {
  const cacheDir = tempDir();
  const module = JSON.stringify(new URL("../scripts/chromium.ts", import.meta.url).href);
  const source = `import { findChromium } from ${module}; console.log(await findChromium(process.argv[1]));`;
  const paths = await Promise.all(
    [1, 2].map(async () => {
      const args = ["--import", "tsx", "--input-type=module", "-e", source, cacheDir];
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
      let said = "";
      child.stdout.on("data", (chunk: Buffer) => (said += String(chunk)));
      await once(child, "close");
      return said.trim();
    }),
  );
  const [path = ""] = paths;
  expect(paths).toEqual([path, path]);
  expect(statSync(path).mode & 0o100).toBe(0o100);
  expect(readdirSync(cacheDir)).toEqual([basename(dirname(path))]);
});

test("what is unpacked beside it goes where it would have gone", async () => {
  const before = tmpdir();
  const seen = new Set<string>();
  const look = setInterval(() => seen.add(tmpdir()), 1);
  await findChromium(tempDir());
  clearInterval(look);
  expect([...seen]).toEqual([before]);
});
