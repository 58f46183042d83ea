import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["e2e/**/*.test.ts"],
    environment: "node",
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // As patient as the waits of the browser driver: what has to be quick is measured.
    expect: { poll: { timeout: 30_000 } },
    disableConsoleIntercept: true,
  },
});
