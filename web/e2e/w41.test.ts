import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { SHORTCUTS, type ShortcutId } from "../src/viewmodel/shortcuts.ts";
import { figure, Stage } from "./support/stage.ts";
import { composer, direct, message, openChat, say, send, standInOrder } from "./support/talk.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

const dialog = (page: Page, name: string | RegExp) => page.getByRole("dialog", { name });
const focused = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? "");

async function closes(page: Page, name: string | RegExp): Promise<void> {
  await dialog(page, name).waitFor();
  await page.keyboard.press("Escape");
  await dialog(page, name).waitFor({ state: "detached" });
}

async function onMessage(page: Page, ending: string): Promise<void> {
  await expect.poll(() => focused(page)).toMatch(new RegExp(`${ending}$`));
}

/** What shows that a shortcut does what it says; each begins on the newest message, which is Alice's. */
const SHOWN: Readonly<Record<ShortcutId, (page: Page) => Promise<void>>> = {
  switcher: (page) => closes(page, "Go to conversation"),
  search: (page) => closes(page, "Search messages"),
  new: (page) => closes(page, "New conversation"),
  settings: (page) => closes(page, "Settings"),
  help: (page) => closes(page, "Keyboard shortcuts"),
  next_unread: async (page) => {
    await composer(page, "Carol").waitFor();
    await openChat(page, "Bob");
  },
  compose: (page) => expect.poll(() => focused(page)).toBe("Message to Bob"),
  favourite_up: (page) => standInOrder(page, ["Bob", "Carol"]),
  favourite_down: (page) => standInOrder(page, ["Carol", "Bob"]),
  message_next: (page) => onMessage(page, "mine"),
  message_previous: (page) => onMessage(page, "line 3"),
  reply: (page) => page.getByText("Replying to You").waitFor(),
  thread: async (page) => {
    await page.getByRole("textbox", { name: "Reply in thread" }).waitFor();
    await page.getByRole("button", { name: "Close thread" }).click();
  },
  edit: (page) => page.getByText("Editing your message").waitFor(),
  react: (page) => closes(page, "Message actions"),
};

const KEYS: Readonly<Record<string, string>> = { "mod+k": "Control+k", "mod+shift+f": "Control+Shift+f", "alt+n": "Alt+n", "mod+,": "Control+,", "alt+arrowup": "Alt+ArrowUp", "alt+arrowdown": "Alt+ArrowDown" };

/** Puts the focus on the newest message, whatever had it before. */
async function toNewest(page: Page): Promise<void> {
  await composer(page, "Bob").focus();
  await page.keyboard.press("Escape");
  if ((await page.getByRole("button", { name: /^(Stop editing|Do not reply)$/ }).count()) > 0) await page.keyboard.press("Escape");
  await expect.poll(async () => {
    if ((await focused(page)).startsWith("Message to")) await page.keyboard.press("Escape");
    return focused(page);
  }).toMatch(/mine$/);
}

it("W41 every shortcut of the cheat-sheet does what it says, can be given other keys, and single letters can be switched off", async () => {
  const alice = await stage.account("alice");
  const bob = await stage.account("bob");
  const carol = await stage.account("carol");
  const conversation = await direct(alice, bob);
  const other = await direct(alice, carol);
  for (const text of ["line 1", "line 2", "line 3"]) await say(bob, conversation, text);
  for (const favourite of [conversation, other]) await alice.call("conversation.change_preferences", { conversation: favourite, favourite: true });
  await alice.call("arrangement.order_favourites", { conversations: [other, conversation] });
  const a = await stage.enter(alice);
  await openChat(a, "Bob");
  await send(a, "Bob", "mine");
  await message(a, "mine").getByRole("img", { name: /^(Sent|Delivered|Read)$/ }).waitFor();
  await say(carol, other, "unread");
  await a.getByRole("link", { name: /^Carol, .*unread/ }).waitFor();

  for (const { id, combo } of SHORTCUTS) {
    await toNewest(a);
    await a.keyboard.press(KEYS[combo] ?? combo);
    await SHOWN[id](a);
  }

  await toNewest(a);
  await a.keyboard.press("?");
  const sheet = dialog(a, "Keyboard shortcuts");
  await sheet.waitFor();
  for (const { id } of SHORTCUTS) expect(await sheet.getByRole("button", { name: /^Change the keys/ }).count(), id).toBe(SHORTCUTS.length);
  const change = sheet.getByRole("button", { name: "Change the keys: Reply to the message" });
  await change.click();
  await a.keyboard.press("j");
  await sheet.getByRole("alert").getByText("These keys are taken: Next message").waitFor();
  await a.keyboard.press("y");
  await expect.poll(() => sheet.getByText("Press the new keys").count()).toBe(0);
  await a.keyboard.press("Escape");
  await toNewest(a);
  await a.keyboard.press("r");
  await a.keyboard.press("y");
  await a.getByText("Replying to You").waitFor();

  await toNewest(a);
  await a.keyboard.press("?");
  await sheet.getByRole("switch", { name: "Shortcuts of a single letter" }).uncheck();
  await a.keyboard.press("Escape");
  await toNewest(a);
  await a.keyboard.press("?");
  await a.keyboard.press("k");
  expect(await focused(a)).toMatch(/mine$/);
  await a.keyboard.press("Control+k");
  await closes(a, "Go to conversation");
  figure("W41", `${SHORTCUTS.length} shortcuts did what they say; one was given another key; single letters were switched off`);
});

it("W41 Escape goes one step further out each time", async () => {
  const dan = await stage.account("dan");
  const eve = await stage.account("eve");
  const conversation = await direct(dan, eve);
  for (let at = 1; at <= 60; at++) await say(eve, conversation, `line ${at}`);
  await dan.call("conversation.mark_read", { conversation, seq: 60 });
  const d = await stage.enter(dan);
  await openChat(d, "Eve");
  await message(d, "line 60").waitFor();
  await d.keyboard.press("Escape");
  await onMessage(d, "line 60");
  for (let at = 59; at >= 35; at--) {
    await d.keyboard.press("k");
    await onMessage(d, `line ${at}`);
  }
  await d.keyboard.press("Escape");
  await expect.poll(() => d.getByRole("button", { name: "Go to the newest message" }).count()).toBe(0);
  await composer(d, "Eve").focus();
  await d.keyboard.press("Escape");
  await onMessage(d, "line 60");
  await d.keyboard.press("Escape");
  await expect.poll(() => d.evaluate(() => document.activeElement?.getAttribute("aria-current"))).toBe("page");
});
