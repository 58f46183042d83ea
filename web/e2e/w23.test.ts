import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { scrollTo, settled } from "./support/drift.ts";
import { figure, Stage, type Account } from "./support/stage.ts";
import { direct, feed, message, openChat, say } from "./support/talk.ts";

const SEEDED = 430;
const TARGET = 60;

let stage: Stage;
let alice: Account;
let bob: Account;
let conversation: string;
/** Where each line stands in the log. */
const seqs: number[] = [];
beforeAll(async () => {
  stage = await Stage.set();
  [alice, bob] = [await stage.account("alice"), await stage.account("bob")];
  conversation = await direct(alice, bob);
  for (let at = 1; at <= SEEDED; at++) {
    const { seq } = await say(bob, conversation, at === SEEDED - 5 ? `look at ${linkTo(TARGET)}` : `line ${at}`);
    seqs[at] = seq;
  }
  await alice.call("conversation.mark_read", { conversation, seq: seqs[SEEDED] ?? 0 });
});
afterAll(() => stage?.strike());

function linkTo(line: number): string {
  return `${stage.server.url}/c/${conversation}/${seqs[line]}`;
}

async function topOf(locator: Locator): Promise<number> {
  return locator.evaluate((element) => element.getBoundingClientRect().top);
}

function isInView(page: Page, text: string): Promise<boolean> {
  return message(page, text).evaluate((element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return top > 0 && bottom < innerHeight;
  });
}

it("W23 the address of a message opens there, with what was said before and after, and going back returns to where one was", async () => {
  const page = await stage.enter(alice);
  await openChat(page, "Bob");
  const link = feed(page).getByRole("link", { name: linkTo(TARGET) });
  await link.waitFor();
  await settled(page);
  await scrollTo(page, await feed(page).evaluate(({ scrollTop }) => scrollTop - 137));
  await settled(page);
  const before = await topOf(link);

  await link.click();
  await expect.poll(() => isInView(page, `line ${TARGET}`)).toBe(true);
  expect(new URL(page.url()).pathname).toBe(`/c/${conversation}/${seqs[TARGET]}`);
  await settled(page);
  const fetched = await bothWays(page);

  await page.goBack();
  await link.waitFor();
  await settled(page);
  const drift = Math.abs((await topOf(link)) - before);
  figure("W23", `message ${TARGET} of ${SEEDED} opened from a link; ${fetched}; back again with ${drift.toFixed(2)} px of drift`);
  expect(drift).toBeLessThanOrEqual(1);
  await page.context().close();
});

/** Reads on from the message in both directions. */
async function bothWays(page: Page): Promise<string> {
  await feed(page).hover();
  await page.mouse.wheel(0, -20_000);
  await expect.poll(() => isInView(page, "line 1")).toBe(true);
  await page.mouse.wheel(0, 20_000);
  await expect.poll(async () => (await page.mouse.wheel(0, 5_000), isShown(page, `line ${SEEDED}`))).toBe(true);
  return `read on to the first and to the last`;
}

async function isShown(page: Page, text: string): Promise<boolean> {
  return (await message(page, text).count()) > 0;
}

it("W23 news do not move who followed a link", async () => {
  const page = await stage.enter(alice);
  await page.goto(linkTo(TARGET));
  await message(page, `line ${TARGET}`).waitFor();
  await settled(page);
  await scrollTo(page, await feed(page).evaluate(({ scrollTop }) => scrollTop - 200));
  await settled(page);
  const before = await topOf(message(page, `line ${TARGET}`));
  await say(bob, conversation, "something new");
  await page.getByRole("button", { name: "1 new message" }).waitFor();
  await settled(page);
  const moved = Math.abs((await topOf(message(page, `line ${TARGET}`))) - before);
  figure("W23", `a new message moved the one that was linked to by ${moved.toFixed(2)} px`);
  expect(moved).toBeLessThanOrEqual(1);
  await page.context().close();
});

it("W23 the menu of a message gives its address", async () => {
  const context = await stage.context({ permissions: ["clipboard-read", "clipboard-write"] });
  const page = await stage.enter(alice, context);
  await openChat(page, "Bob");
  const last = message(page, `line ${SEEDED}`);
  await last.hover();
  await last.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Copy link" }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  figure("W23", `copied ${new URL(copied).pathname}`);
  expect(copied).toBe(linkTo(SEEDED));
  await context.close();
});
