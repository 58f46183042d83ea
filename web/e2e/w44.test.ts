import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { scrollTo, settled } from "./support/drift.ts";
import { figure, Stage, type Account } from "./support/stage.ts";
import { direct, feed, openChat, say } from "./support/talk.ts";

let stage: Stage;
let alice: Account;
let page: Page;
beforeAll(async () => {
  stage = await Stage.set();
  const bob = await stage.account("bob");
  alice = await stage.account("alice");
  const talk = await direct(alice, bob);
  for (let at = 1; at <= 40; at++) await say(bob, talk, `small talk ${at}`);
  await say(bob, talk, "The harbour opens in spring");
  await say(alice, talk, "harbours are always open, see https://example.org/harbour");
  await say(bob, talk, "我们在东京开会");
  const { conversation } = await alice.call("conversation.create", { kind: "group", name: "Sailing", members: [bob.address] });
  await say(bob, conversation, "no harbour without wind");
  await alice.call("conversation.mark_read", { conversation: talk, seq: 45 });
  page = await stage.enter(alice);
});
afterAll(() => stage?.strike());

/** What a search finds, by the words that stand out in it. */
async function found(query: string): Promise<{ count: number; marked: string[] }> {
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("searchbox").fill(query);
  await dialog.getByRole("status").filter({ hasText: /found/ }).waitFor();
  const hits = dialog.getByRole("listitem");
  return { count: await hits.count(), marked: [...new Set((await dialog.getByRole("mark").allInnerTexts()).map((word) => word.toLowerCase()))] };
}

it("W44 messages are found by beginnings of words, by two signs of Chinese, and by who, where, when and what", async () => {
  await page.getByRole("button", { name: "Search messages" }).click();
  const searches: [string, number][] = [
    ["harb", 3],
    ["东京", 1],
    ["harbour from:bob", 2],
    ["harbour in:Sailing", 1],
    ["harbour has:link", 1],
    ["harbour before:2000-01-01", 0],
    ["harbour after:2000-01-01", 3],
  ];
  const said: string[] = [];
  for (const [query, expected] of searches) {
    const { count, marked } = await found(query);
    said.push(`${query}: ${count}`);
    expect([query, count]).toEqual([query, expected]);
    if (query === "harb" || query === "东京") expect(marked).toEqual([query]);
  }
  figure("W44", said.join("; "));
  await page.keyboard.press("Escape");
});

it("W44 a search in one conversation says so, finds only there, and gives the place back when it is left", async () => {
  await openChat(page, "Bob");
  await settled(page);
  await scrollTo(page, 200);
  await settled(page);
  const before = await feed(page).evaluate(({ scrollTop }) => scrollTop);
  await page.getByRole("button", { name: "Search in this conversation" }).click();
  await page.getByRole("dialog", { name: "Search in Bob" }).waitFor();
  expect((await found("harb")).count).toBe(2);
  await page.keyboard.press("Escape");
  await expect.poll(() => page.getByRole("dialog").count()).toBe(0);
  await settled(page);
  const moved = Math.abs((await feed(page).evaluate(({ scrollTop }) => scrollTop)) - before);
  figure("W44", `the search in Bob found 2 of 3; leaving it moved the messages by ${moved.toFixed(2)} px`);
  expect(moved).toBeLessThanOrEqual(1);
});
