import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { figure, Stage, withinBudget } from "./support/stage.ts";

const SCRIPT_BYTES_MAX = 180_000;
const STYLE_BYTES_MAX = 30_000;
const INTERACTIVE_MS_MAX = 1_500;

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

it("W01 a cold start is small, quick, and asks nobody but this server", async () => {
  const context = await stage.context();
  const page = await context.newPage();
  const sizes = { script: 0, stylesheet: 0 };
  const answers: Promise<void>[] = [];
  page.on("response", (response) => {
    const kind = response.request().resourceType();
    if (kind !== "script" && kind !== "stylesheet") return;
    answers.push(response.body().then((body) => void (sizes[kind] += gzipSync(body).length)));
  });
  const start = performance.now();
  await page.goto(stage.server.url);
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  const interactive = performance.now() - start;
  await Promise.all(answers);
  figure("W01", `interactive after ${interactive.toFixed(0)} ms; scripts ${(sizes.script / 1000).toFixed(1)} kB, styles ${(sizes.stylesheet / 1000).toFixed(1)} kB packed; no other host was asked`);
  expect(sizes.script).toBeLessThanOrEqual(SCRIPT_BYTES_MAX);
  expect(sizes.stylesheet).toBeLessThanOrEqual(STYLE_BYTES_MAX);
  withinBudget(interactive, INTERACTIVE_MS_MAX);
});
