import { cpSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

/** Makes `dir` what npm would make of an installation, but for the compiled program in `dist`: what it puts beside is what the checkout has. */
export function installInto(dir: string): string {
  cpSync(join(root, "package.json"), join(dir, "package.json"));
  symlinkSync(join(root, "node_modules"), join(dir, "node_modules"));
  return dir;
}
