import { defineConfig } from "vitest/config";

/** The whole of the fault tests, which take longer than a change should wait for: `npm run test:faults`. */
export default defineConfig({
  test: {
    include: ["test/faults/**/*.test.ts", "test/bench/**/*.long.test.ts"],
    globalSetup: "test/support/setup.ts",
    reporters: ["default", "./test/support/summary.ts"],
    // They measure time on real processes: one file at a time, on two cores.
    fileParallelism: false,
    maxConcurrency: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    env: { FULLTIME_TEST_AWAY_MS: "60000", FULLTIME_TEST_LEADER_KILLS: "10" },
  },
});
