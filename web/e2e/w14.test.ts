import { afterAll, beforeAll, expect, it } from "vitest";
import { figure, Stage, withinBudget } from "./support/stage.ts";
import { composer, direct, openChat } from "./support/talk.ts";

const ELSEWHERE_MS_MAX = 2_000;

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

it("W14 what was begun is there after a reload and on another device", async () => {
  const alice = await stage.account("alice");
  await direct(alice, await stage.account("bob"));
  const here = await stage.enter(alice);
  const there = await stage.enter(alice, await stage.context());
  await openChat(here, "Bob");
  await openChat(there, "Bob");
  await composer(here, "Bob").pressSequentially("half a thought");
  const start = performance.now();
  await expect.poll(() => composer(there, "Bob").inputValue(), { interval: 20 }).toBe("half a thought");
  const elapsed = performance.now() - start;
  await here.reload();
  await expect.poll(() => composer(here, "Bob").inputValue()).toBe("half a thought");
  figure("W14", `the draft was on the other device after ${elapsed.toFixed(0)} ms, and here again after a reload`);
  withinBudget(elapsed, ELSEWHERE_MS_MAX);
});
