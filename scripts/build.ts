import { rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { compile } from "./compile.ts";

const root = resolve(import.meta.dirname, "..");
const { values } = parseArgs({ options: { out: { type: "string", default: join(root, "dist") } } });
const dist = resolve(values.out);
rmSync(dist, { recursive: true, force: true });
if (!compile(dist, { checked: true })) process.exitCode = 1;
