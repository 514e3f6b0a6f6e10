import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { installInto } from "./support/installed.ts";
import { environment } from "./support/node-process.ts";
import { tempDir } from "./support/temp.ts";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "..");

describe("the package", () => {
  it("is built checked, and runs where npm would put it", { timeout: 120_000 }, async () => {
    const installed = installInto(tempDir());
    const tsx = join(root, "node_modules", "tsx", "dist", "cli.mjs");
    await run(process.execPath, [tsx, join(root, "scripts", "build.ts"), "--out", join(installed, "dist")]);
    const { bin } = (await import("../package.json", { with: { type: "json" } })).default;
    const { stdout } = await run(process.execPath, [join(installed, bin.fulltime), "--version"]);
    expect(stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);
  });

  // The other tests start the compiled program.
  it("plays a season from its sources, as a checkout does", { timeout: 240_000 }, async () => {
    const season = ["--competition", "abl", "--exit-when-done", "--json"];
    const { stdout } = await run("npm", ["-s", "start", "--", ...season], {
      cwd: root,
      env: environment(tempDir()),
      maxBuffer: 1 << 24,
    });
    expect(JSON.parse(stdout)).toMatchObject({ matches: 180, settled: 180, coveragePercent: 100 });
  });

  it("holds the compiled program and its documents, no sources and no tests", async () => {
    const { stdout } = await run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
      cwd: root,
      maxBuffer: 1 << 24,
    });
    const [pack] = JSON.parse(stdout) as [{ files: { path: string }[] }];
    const folders = new Set(pack.files.map(({ path }) => path.split("/")[0]));
    for (const needed of ["package.json", "README.md", "LICENSE", "CHANGELOG.md", "docs"])
      expect(folders).toContain(needed);
    for (const absent of ["src", "test", "scripts", ".cache", "data"]) expect(folders).not.toContain(absent);
  });
});
