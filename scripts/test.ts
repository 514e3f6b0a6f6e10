import { checks } from "./check.ts";
import { runSteps } from "./steps.ts";

// The checks first: they take seconds. vitest comes last, so that its count is the last line.
const given = process.argv.slice(2);
const steps = given.length === 0 ? checks : [];
process.exitCode = runSteps([...steps, ["tests", "vitest", "run", ...given]]) ? 0 : 1;
