import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Minutes each: `npm run test:faults` has them (vitest.faults.config.ts).
    exclude: ["test/**/*.long.test.ts"],
    globalSetup: "test/support/setup.ts",
    reporters: ["default", "./test/support/summary.ts"],
    // vitest leaves one core free; here servers and nodes do much of the work, and a worker waits for them.
    maxWorkers: "100%",
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
