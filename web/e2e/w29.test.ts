import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { settled } from "./support/drift.ts";
import { figure, Stage } from "./support/stage.ts";
import { direct, feed, message, openChat, say } from "./support/talk.ts";
import { VECTORS } from "./support/vectors.ts";

declare global {
  interface Window {
    violations?: string[];
  }
}

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

/** What stands in the messages in view that must never stand there; and which messages are in view. */
function look(page: Page): Promise<{ wrong: string[]; seen: string[] }> {
  return feed(page).evaluate((region) => {
    const articles = [...region.querySelectorAll("article")];
    const elements = articles.flatMap((article) => [...article.querySelectorAll("*")]).filter((element) => !element.closest("svg"));
    const isForbidden = (element: Element) => element.matches("script, iframe, object, embed, img, form, input, base, meta, link, style, template, math, details");
    const hasHandler = (element: Element) => element.getAttributeNames().some((name) => name.startsWith("on"));
    const isBadLink = (element: Element) => element instanceof HTMLAnchorElement && !/^(https?|mailto|xmpp):$/.test(element.protocol);
    return {
      wrong: elements.filter((element) => isForbidden(element) || hasHandler(element) || isBadLink(element)).map((element) => element.outerHTML.slice(0, 200)),
      seen: articles.map((article) => article.getAttribute("aria-label") ?? ""),
    };
  });
}

it("W29 nothing that people write runs in the window of whoever reads it", async () => {
  const alice = await stage.account("alice");
  const bob = await stage.account("bob");
  const conversation = await direct(alice, bob);
  for (const vector of VECTORS) await say(bob, conversation, vector);
  await say(bob, conversation, "the last");
  await alice.call("conversation.mark_read", { conversation, seq: VECTORS.length + 1 });
  let dialogs = 0;
  const a = await stage.enter(alice, undefined, async (page) => {
    page.on("dialog", (dialog) => void (dialogs++, dialog.dismiss()));
    await page.addInitScript(() => {
      window.violations = [];
      document.addEventListener("securitypolicyviolation", (event) => window.violations?.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
    });
  });
  await openChat(a, "Bob");
  await message(a, "the last").waitFor();
  const wrong: string[] = [];
  const seen = new Set<string>();
  await feed(a).focus();
  await expect
    .poll(async () => {
      const here = await look(a);
      wrong.push(...here.wrong);
      for (const name of here.seen) seen.add(name);
      await feed(a).evaluate((region) => (region.scrollTop = region.scrollTop < 1 ? region.scrollHeight : region.scrollTop - region.clientHeight / 2));
      await settled(a);
      return seen.size;
    }, { timeout: 60_000, interval: 30 })
    .toBeGreaterThan(new Set(VECTORS).size);
  const violations = await a.evaluate(() => window.violations ?? []);
  figure("W29", `${VECTORS.length} texts, ${dialogs} dialogs, ${wrong.length} forbidden things, ${violations.length} violations of the policy`);
  expect(VECTORS.length).toBeGreaterThanOrEqual(100);
  expect(wrong).toEqual([]);
  expect(violations).toEqual([]);
  expect(dialogs).toBe(0);
});
