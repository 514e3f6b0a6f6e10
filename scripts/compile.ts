import { chmodSync, cpSync, readdirSync } from "node:fs";
import { extname, join, resolve } from "node:path";
import { runSteps } from "./steps.ts";

const root = resolve(import.meta.dirname, "..");

/** Compiles the program into `dist`, with what is served as it is; false, and what is wrong on stderr, when it does not compile. */
export function compile(dist: string, options: { checked: boolean }): boolean {
  const unchecked = options.checked ? [] : ["--noCheck"];
  if (!runSteps([["build", "tsc", "-p", "tsconfig.build.json", "--outDir", dist, ...unchecked]])) return false;
  copyAssets(join("src", "http", "console"), dist);
  chmodSync(join(dist, "scripts", "fulltime.js"), 0o755);
  return true;
}

/** The compiler leaves them behind. */
function copyAssets(folder: string, dist: string): void {
  for (const name of readdirSync(join(root, folder))) {
    if ([".css", ".js", ".svg"].includes(extname(name))) cpSync(join(root, folder, name), join(dist, folder, name));
  }
}
