import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Minutes each: `npm run test:faults` has them (vitest.faults.config.ts).
    exclude: ["test/**/*.long.test.ts"],
    globalSetup: "test/support/setup.ts",
    reporters: ["default", "./test/support/summary.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
