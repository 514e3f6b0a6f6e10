import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { findChromium } from "../../scripts/chromium.ts";
import { compile } from "../../scripts/compile.ts";
import { installInto } from "./installed.ts";
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

function installProgram(): string {
  const installed = installInto(mkdtempSync(join(tmpdir(), "fulltime-program-")));
  // The type check is one of the checks, and has no say in what is emitted.
  if (!compile(join(installed, "dist"), { checked: false })) throw new Error("the program does not compile");
  return installed;
}
