import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["e2e/pictures.ts"],
    environment: "node",
    testTimeout: 1_200_000,
    hookTimeout: 60_000,
    disableConsoleIntercept: true,
  },
});
