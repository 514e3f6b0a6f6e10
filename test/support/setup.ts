import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { TestProject } from "vitest/node";
import { findChromium } from "../../scripts/chromium.ts";
import { compile } from "../../scripts/compile.ts";
import { testBinary, testCache } from "./server.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The compiled `fulltime`: it starts in less than half the time that its sources take, and the tests start it hundreds of times. */
    program: string;
  }
}

/** Fetches the nats-server and unpacks Chromium once, before test files that run side by side would each do it; compiles the program. */
export default async function setup({ provide }: TestProject): Promise<() => void> {
  await Promise.all([testBinary((text) => console.log(text)), findChromium(testCache)]);
  const installed = installProgram();
  provide("program", join(installed, "dist", "scripts", "fulltime.js"));
  return () => rmSync(installed, { recursive: true, force: true });
}

/** As npm would: what it would put beside the program is what the checkout has. */
function installProgram(): string {
  const root = resolve(import.meta.dirname, "../..");
  const installed = mkdtempSync(join(tmpdir(), "fulltime-program-"));
  cpSync(join(root, "package.json"), join(installed, "package.json"));
  symlinkSync(join(root, "node_modules"), join(installed, "node_modules"));
  // The type check is one of the checks, and has no say in what is emitted.
  if (!compile(join(installed, "dist"), { checked: false })) throw new Error("the program does not compile");
  return installed;
}
