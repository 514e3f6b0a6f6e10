import { runSteps } from "./steps.ts";

/** Everything that needs no run: types, lint with the import rules, formatting, unused files and exports. */
export const checks = [
  ["types", "tsc", "-p", "."],
  ["lint", "oxlint", "--type-aware"],
  ["format", "biome", "format"],
  ["unused", "knip"],
] as const;

if (import.meta.filename === process.argv[1]) process.exitCode = runSteps(checks) ? 0 : 1;
