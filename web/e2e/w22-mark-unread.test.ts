import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { figure, Stage } from "./support/stage.ts";
import { direct, feed, message, openChat, nameOfRow, say, send } from "./support/talk.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

async function markUnreadFrom(page: Page, text: string): Promise<void> {
  await message(page, text).hover();
  await message(page, text).getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Mark as unread from here" }).click();
}

/** What the first message below the divider says; nothing without a divider. */
async function belowDivider(page: Page): Promise<string> {
  return feed(page).evaluate((region) => {
    const divider = region.querySelector("[role=separator][aria-label='New messages']");
    if (!divider) return "";
    const bottom = divider.getBoundingClientRect().bottom;
    const below = [...region.querySelectorAll("article")].filter((article) => article.getBoundingClientRect().top >= bottom - 1);
    const [first] = below.sort((one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top);
    return first?.getAttribute("aria-label")?.replace(/^.*?: /, "") ?? "";
  });
}

async function badges(pages: readonly Page[], unread: number): Promise<void> {
  const name = unread === 0 ? "Bob" : `Bob, ${unread} unread message${unread === 1 ? "" : "s"}`;
  for (const page of pages) await expect.poll(() => nameOfRow(page, "Bob")).toBe(name);
}

it("W22 marking as unread from a message moves the divider and the badges of all devices, until it is opened again", async () => {
  const alice = await stage.account("alice");
  const bob = await stage.account("bob");
  const conversation = await direct(alice, bob);
  const context = await stage.context();
  const tab = await stage.enter(alice, context);
  const here = await stage.enter(alice, await stage.context());
  const phone = await stage.enter(alice, await stage.context({ viewport: { width: 390, height: 844 } }));
  const everywhere = [here, tab, phone];
  for (let number = 1; number <= 8; number++) await say(bob, conversation, `line ${number}`);
  await badges(everywhere, 8);
  await openChat(here, "Bob");
  await badges(everywhere, 0);

  await markUnreadFrom(here, "line 5");
  await expect.poll(() => belowDivider(here)).toBe("line 5");
  await badges(everywhere, 4);
  const toldBob = await bob.call("event.receipts", { conversation });
  expect(toldBob.items.find(({ user }) => user === alice.address)?.read_seq).toBe((await alice.call("conversation.get", { conversation })).head);

  await say(bob, conversation, "line 9");
  await message(here, "line 9").waitFor();
  await badges(everywhere, 5);
  expect(await belowDivider(here)).toBe("line 5");
  expect((await alice.call("conversation.get", { conversation })).unread).toBe(5);

  await openChat(tab, "Bob");
  await expect.poll(() => belowDivider(tab)).toBe("line 5");
  await badges([here, tab], 0);
  expect(await belowDivider(here)).toBe("line 5");

  await markUnreadFrom(tab, "line 8");
  await expect.poll(() => belowDivider(here)).toBe("line 8");
  await badges(everywhere, 2);
  await openChat(phone, "Bob");
  await expect.poll(() => belowDivider(phone)).toBe("line 8");
  await badges([here, tab], 0);

  await markUnreadFrom(here, "line 2");
  await badges([here, tab], 8);
  await send(here, "Bob", "I have read it all");
  await badges([here, tab], 0);
  await here.goto(stage.server.url);
  await openChat(here, "Bob");
  await message(here, "I have read it all").waitFor();
  expect(await belowDivider(here)).toBe("");
  figure("W22", "marked as unread from a message, three windows moved divider and badge, and moved back when it was read");
});
