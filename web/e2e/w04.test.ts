import { afterAll, beforeAll, expect, it } from "vitest";
import { settled } from "./support/drift.ts";
import { watch, watched } from "./support/frames.ts";
import { SCALE, times } from "./support/scale.ts";
import { figure, Stage, withinBudget, type Account } from "./support/stage.ts";
import { direct, feed, message, row, say } from "./support/talk.ts";

const OPEN_MS_MAX = 300;
const MESSAGES_MAX = 150;
const STEPS = 120;
const SLOW_MS = 50;
const SLOW_SHARE_MAX = 0.03;
const SHIFT_MAX = 0.02;
const TASK_MS_MAX = 200;
const SEEDING_MS_MAX = 1_800_000;

let stage: Stage;
let alice: Account;
let bob: Account;
let conversation: string;
beforeAll(async () => {
  stage = await Stage.set();
  [alice, bob] = [await stage.account("alice"), await stage.account("bob")];
  conversation = await direct(alice, bob);
  await times(SCALE.events, (at) => say(at % 3 ? bob : alice, conversation, `line ${at} ${"and so on ".repeat(at % 7)}`));
  const { seq } = await say(bob, conversation, "the last line");
  await alice.call("conversation.mark_read", { conversation, seq });
}, SEEDING_MS_MAX);
afterAll(() => stage?.strike());

it("W04 W05 a long conversation opens at once and scrolls smoothly, with few of its messages in the page", async () => {
  const page = await stage.enter(alice);
  await row(page, "Bob").waitFor();
  await watch(page);
  const start = performance.now();
  await row(page, "Bob").click();
  await message(page, "the last line").waitFor();
  const opened = performance.now() - start;
  await settled(page);
  const opening = await watched(page);

  await feed(page).hover();
  await watch(page);
  for (let step = 0; step < STEPS; step++) await page.mouse.wheel(0, -400);
  await settled(page);
  const { frames, messages } = await watched(page);
  const slow = frames.filter((ms) => ms > SLOW_MS).length;
  figure("W04", `one of ${SCALE.events} messages visible ${opened.toFixed(0)} ms after the click; at most ${Math.max(messages, opening.messages)} messages in the page`);
  figure("W05", `${STEPS} steps of scrolling in ${frames.length} frames, ${slow} of them over ${SLOW_MS} ms`);
  expect(Math.max(messages, opening.messages)).toBeLessThanOrEqual(MESSAGES_MAX);
  withinBudget(opened, OPEN_MS_MAX);
  withinBudget(slow / frames.length, SLOW_SHARE_MAX);
  await page.context().close();
});

it("W06 nothing jumps while a conversation loads", async () => {
  const page = await stage.enter(alice);
  await row(page, "Bob").waitFor();
  await watch(page);
  await row(page, "Bob").click();
  await message(page, "the last line").waitFor();
  await settled(page);
  const { shift } = await watched(page);
  figure("W06", `cumulative layout shift ${shift.toFixed(4)} while a conversation opened`);
  expect(shift).toBeLessThanOrEqual(SHIFT_MAX);
  await page.context().close();
});

it("W07 a window stays responsive while messages rain, and shows exactly what came", async () => {
  const page = await stage.enter(alice);
  await row(page, "Bob").click();
  await message(page, "the last line").waitFor();
  await settled(page);
  await watch(page);
  const start = performance.now();
  for (let at = 1; at <= SCALE.burst; at++) await say(bob, conversation, `drop ${at}`);
  const seconds = (performance.now() - start) / 1_000;
  await message(page, `drop ${SCALE.burst}`).waitFor();
  await settled(page);
  const { longestTask } = await watched(page);
  const shown = await feed(page).getByRole("article").evaluateAll((articles) => articles.map((article) => /drop (\d+)$/.exec(article.getAttribute("aria-label") ?? "")?.[1]).filter((at) => at !== undefined).map(Number));
  figure("W07", `${SCALE.burst} messages at ${(SCALE.burst / seconds).toFixed(0)} a second; the longest piece of work took ${longestTask.toFixed(0)} ms`);
  const sorted = [...shown].sort((a, b) => a - b);
  expect(sorted).toEqual(Array.from({ length: sorted.length }, (_, index) => SCALE.burst - sorted.length + 1 + index));
  withinBudget(longestTask, TASK_MS_MAX);
  await page.context().close();
});
