import { chmodSync, cpSync, readdirSync, rmSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { runSteps } from "./steps.ts";

const root = resolve(import.meta.dirname, "..");
const { values } = parseArgs({ options: { out: { type: "string", default: join(root, "dist") } } });
const dist = resolve(values.out);
rmSync(dist, { recursive: true, force: true });
if (runSteps([["build", "tsc", "-p", "tsconfig.build.json", "--outDir", dist]])) {
  copyAssets(join("src", "http", "console"));
  chmodSync(join(dist, "scripts", "fulltime.js"), 0o755);
} else process.exitCode = 1;

/** What is served as it is, which the compiler leaves behind. */
function copyAssets(folder: string): void {
  for (const name of readdirSync(join(root, folder))) {
    if ([".css", ".js", ".svg"].includes(extname(name))) cpSync(join(root, folder, name), join(dist, folder, name));
  }
}
