import { chmodSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { runSteps } from "./steps.ts";

const dist = resolve(import.meta.dirname, "..", "dist");
rmSync(dist, { recursive: true, force: true });
if (runSteps([["build", "tsc", "-p", "tsconfig.build.json"]])) chmodSync(join(dist, "scripts", "fulltime.js"), 0o755);
else process.exitCode = 1;
