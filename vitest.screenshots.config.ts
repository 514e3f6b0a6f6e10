import { defineConfig } from "vitest/config";

/** `npm run screenshots`: makes the pictures of docs/screenshots anew, on the season that the console's tests look at. */
export default defineConfig({
  test: {
    include: ["test/screenshots.ts"],
    globalSetup: "test/support/setup.ts",
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
