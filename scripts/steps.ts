import { spawnSync } from "node:child_process";
import { delimiter, join, resolve } from "node:path";

/** A name, then a command of `node_modules/.bin` with its arguments. */
export type Step = readonly [name: string, command: string, ...args: string[]];

const root = resolve(import.meta.dirname, "..");

/** Runs every step, whatever fails before it, and says which failed. */
export function runSteps(steps: readonly Step[]): boolean {
  const failed: string[] = [];
  for (const [name, command, ...args] of steps) {
    process.stderr.write(`\n— ${name}: ${command} ${args.join(" ")}\n`);
    const path = [join(root, "node_modules", ".bin"), process.env.PATH ?? ""].join(delimiter);
    const { status, error } = spawnSync(command, args, {
      cwd: root,
      stdio: "inherit",
      env: { ...process.env, PATH: path },
    });
    if (error !== undefined) process.stderr.write(`${error.message}\n`);
    if (status !== 0) failed.push(name);
  }
  if (failed.length > 0) process.stderr.write(`\nfailed: ${failed.join(", ")}\n`);
  return failed.length === 0;
}
