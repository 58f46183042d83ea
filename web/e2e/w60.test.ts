import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { scrollTo, settled } from "./support/drift.ts";
import { figure, Stage } from "./support/stage.ts";
import { direct, feed, message, openChat, say, send } from "./support/talk.ts";

declare global {
  interface Window {
    heard?: string[];
  }
}

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

/** Listens to the log as a screen reader does: to what is put into it. */
async function listen(page: Page): Promise<void> {
  await page.getByRole("log").evaluate((log) => {
    const heard: string[] = (window.heard = []);
    const note = (nodes: NodeList) => nodes.forEach((node) => node.textContent && heard.push(node.textContent));
    new MutationObserver((changes) => changes.forEach(({ addedNodes }) => note(addedNodes))).observe(log, { childList: true, subtree: true });
  });
}

const heard = (page: Page) => page.evaluate(() => window.heard ?? []);

it("W60 a screen reader says each message of somebody else once, and neither own messages nor old ones", async () => {
  const alice = await stage.account("alice");
  const bob = await stage.account("bob");
  const conversation = await direct(alice, bob);
  for (let at = 1; at <= 300; at++) await say(bob, conversation, `line ${at}`);
  await alice.call("conversation.mark_read", { conversation, seq: 300 });
  const a = await stage.enter(alice);
  await openChat(a, "Bob");
  await message(a, "line 300").waitFor();
  await listen(a);
  await say(bob, conversation, "**first** news");
  await message(a, "\\*\\*first\\*\\* news").waitFor();
  await send(a, "Bob", "mine");
  await message(a, "mine").getByRole("img", { name: /^(Sent|Delivered|Read)$/ }).waitFor();
  await settled(a);
  await scrollTo(a, 0);
  await feed(a).getByRole("article", { name: /: line (\d\d?|1\d\d|2[0-3]\d)$/ }).first().waitFor();
  await say(bob, conversation, "second news");
  await expect.poll(() => heard(a)).toEqual(["Bob, first news", "Bob, second news"]);

  await a.getByRole("button", { name: "Settings" }).click();
  await a.getByRole("combobox", { name: "Messages that are read out" }).selectOption("Only those that mention me");
  await a.keyboard.press("Escape");
  await say(bob, conversation, "not for the ears");
  await alice.call("conversation.get", { conversation });
  await bob.call("event.send", { conversation, client_ref: "m1", body: { type: "text", text: "@alice look", mentions: [{ start: 0, end: 6, who: alice.address }] } });
  await expect.poll(() => heard(a)).toEqual(["Bob, first news", "Bob, second news", "Bob, @alice look"]);
  figure("W60", "3 of 5 messages were read out, each once: not the own one, and not the one that mentioned nobody");
});
