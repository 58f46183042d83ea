import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { violations } from "./support/axe.ts";
import { figure, Stage, type Account } from "./support/stage.ts";
import { composer, direct, listed, openChat, row, say, standInOrder } from "./support/talk.ts";

const PHONE = { viewport: { width: 390, height: 844 } };
const FOLDERS_MAX = 100;

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

/** Somebody with a conversation with each of the others, and windows of theirs: one at a desk, one on a phone. */
async function withOthers(name: string, others: readonly string[]) {
  const me = await stage.account(name);
  const people: { account: Account; conversation: string }[] = [];
  for (const other of others) {
    const account = await stage.account(other);
    people.push({ account, conversation: await direct(me, account) });
  }
  const desk = await stage.enter(me);
  const phone = await stage.enter(me, await stage.context(PHONE));
  return { me, people, desk, phone };
}

const tab = (page: Page, name: string | RegExp): Locator => page.getByRole("tab", { name, ...(typeof name === "string" ? { exact: true } : {}) });
const dialog = (page: Page): Locator => page.getByRole("dialog", { name: "Folders" });
const close = (page: Page) => dialog(page).getByRole("button", { name: "Close" }).click();

/** Opens the menu of a conversation with the mouse and chooses something. */
async function choose(page: Page, title: string, what: string | RegExp): Promise<void> {
  await row(page, title).hover();
  await page.getByRole("button", { name: `Actions for ${title}`, exact: true }).click();
  await page.getByRole("menuitem", { name: what }).click();
}

async function makeFolder(page: Page, name: string): Promise<void> {
  await dialog(page).getByLabel("New folder").fill(name);
  await page.keyboard.press("Enter");
  await dialog(page).getByRole("listitem").filter({ hasText: name }).waitFor();
}

async function press(page: Page, times: number, key: string): Promise<void> {
  for (let at = 0; at < times; at++) await page.keyboard.press(key);
}

async function isAccessible(page: Page): Promise<void> {
  expect(await violations(page)).toEqual([]);
}

it("W42 folders are made, filled, renamed, ordered and deleted, and every device has them at once", async () => {
  const { people, desk, phone } = await withOthers("alice", ["bob", "carol"]);
  const [bob] = people;
  if (!bob) throw new Error("nobody is there");
  await choose(desk, "Bob", "Folders…");
  await makeFolder(desk, "Work");
  await makeFolder(desk, "Choir");
  await isAccessible(desk);
  await dialog(desk).getByRole("checkbox", { name: "Work" }).check();
  await close(desk);
  await say(bob.account, bob.conversation, "news");
  for (const page of [desk, phone]) {
    await tab(page, "Work 1 unread message").click();
    await expect.poll(() => listed(page)).toEqual(["Bob"]);
    await isAccessible(page);
  }

  await phone.getByRole("button", { name: "Folders…" }).click();
  await dialog(phone).getByRole("button", { name: "Rename Work" }).click();
  await dialog(phone).getByLabel("Name of the folder").fill("Office");
  await phone.keyboard.press("Enter");
  await dialog(phone).getByRole("button", { name: "Move Office down" }).click();
  await isAccessible(phone);
  await close(phone);
  await expect.poll(() => desk.getByRole("tab").allInnerTexts().then((names) => names.map((name) => name.split("\n")[0]))).toEqual(["All", "Choir", "Office"]);
  await tab(desk, "Choir").click();
  await desk.getByRole("heading", { name: "This folder is empty" }).waitFor();

  await desk.getByRole("button", { name: "Folders…" }).click();
  for (const name of ["Office", "Choir"]) {
    await dialog(desk).getByRole("button", { name: `Delete ${name}` }).click();
    await desk.getByRole("dialog", { name: `Delete the folder “${name}”?` }).getByRole("button", { name: "Delete" }).click();
  }
  await close(desk);
  for (const page of [desk, phone]) {
    await expect.poll(() => page.getByRole("tab").count()).toBe(0);
    await expect.poll(() => listed(page)).toEqual(["Bob", "Carol"]);
  }
});

it("W42 there are a hundred folders at most, and names of one to fifty characters", async () => {
  const { me, desk } = await withOthers("dan", ["eve"]);
  const id = (number: number) => number.toString(16).padStart(32, "0");
  for (let number = 1; number < FOLDERS_MAX; number++) await me.call("folder.set", { folder: id(number), name: `Folder ${number}` });
  await choose(desk, "Eve", "Folders…");
  await makeFolder(desk, "The last one");
  await dialog(desk).getByLabel("New folder").fill("One too many");
  await desk.keyboard.press("Enter");
  await dialog(desk).getByRole("alert").getByText("There are as many as there may be.").waitFor();
  await expect(me.call("folder.set", { folder: id(0), name: "more" })).rejects.toThrow("limit.count");
  await expect(me.call("folder.set", { folder: id(1), name: "x".repeat(51) })).rejects.toThrow("request.invalid_value");
  await expect(me.call("folder.delete", { folder: id(0) })).rejects.toThrow("folder.not_found");
  expect(await dialog(desk).getByRole("listitem").count()).toBe(FOLDERS_MAX);
});

it("W42 favourites stand in the order that was chosen by mouse and by keyboard, on every device", async () => {
  const { people, desk, phone } = await withOthers("frank", ["grace", "heidi", "ivan"]);
  for (const { account, conversation } of people) await say(account, conversation, "hello");
  for (const name of ["Grace", "Heidi", "Ivan"]) await choose(desk, name, "Keep at the top");
  await expect.poll(() => desk.locator("[draggable=true]").count()).toBe(3);
  await standInOrder(desk, ["Ivan", "Heidi", "Grace"]);

  await row(desk, "Grace").dragTo(row(desk, "Ivan"));
  for (const page of [desk, phone]) await standInOrder(page, ["Grace", "Ivan", "Heidi"]);

  await row(desk, "Heidi").focus();
  await desk.keyboard.press("Alt+ArrowUp");
  await desk.keyboard.press("Alt+ArrowUp");
  for (const page of [desk, phone]) await standInOrder(page, ["Heidi", "Grace", "Ivan"]);
  await desk.getByText("Heidi is now at place 1 of 3.").waitFor();
  await expect.poll(() => row(desk, "Heidi").evaluate((link) => link === document.activeElement)).toBe(true);
  await desk.keyboard.press("Alt+ArrowDown");
  await choose(desk, "Grace", "Move down");
  for (const page of [desk, phone]) await standInOrder(page, ["Heidi", "Grace", "Ivan"]);

  await openChat(phone, "Ivan");
  await phone.getByRole("button", { name: "Conversation details" }).click();
  for (const step of ["Move up", "Move up", "Move down", "Move down"]) await phone.getByRole("button", { name: step }).click();
  await standInOrder(desk, ["Heidi", "Grace", "Ivan"]);
  await phone.getByRole("button", { name: "Move up" }).click();
  await standInOrder(desk, ["Heidi", "Ivan", "Grace"]);
  await phone.getByRole("button", { name: "Move down" }).click();
  await phone.goBack();

  for (const { account, conversation } of people) await say(account, conversation, "news");
  await row(phone, "Ivan, 1 unread message").waitFor();
  for (const page of [desk, phone]) await standInOrder(page, ["Heidi", "Grace", "Ivan"]);
});

it("W42 the archive keeps conversations until something is said in them, muted ones also then; by keyboard alone", async () => {
  const { people, desk, phone } = await withOthers("judy", ["karl", "liam"]);
  const [karl, liam] = people;
  if (!karl || !liam) throw new Error("nobody is there");
  for (const { account, conversation } of people) await say(account, conversation, "hello");
  await standInOrder(desk, ["Liam", "Karl"]);

  await row(desk, "Karl").focus();
  await press(desk, 1, "Tab");
  await press(desk, 1, "Enter");
  await desk.getByRole("menu", { name: "Actions for Karl" }).waitFor();
  await isAccessible(desk);
  await press(desk, 2, "ArrowDown");
  await press(desk, 1, "Enter");
  for (const page of [desk, phone]) {
    await tab(page, "Archive 1 unread message").waitFor();
    await expect.poll(() => listed(page)).toEqual(["Liam"]);
  }
  await expect.poll(() => row(desk, "Liam").evaluate((link) => link === document.activeElement)).toBe(true);

  await say(karl.account, karl.conversation, "here I am again");
  for (const page of [desk, phone]) {
    await standInOrder(page, ["Karl", "Liam"]);
    await expect.poll(() => page.getByRole("tab").count()).toBe(0);
  }
  await openChat(desk, "Karl");
  await expect.poll(() => row(phone, "Karl, 2 unread messages").count()).toBe(0);
  await standInOrder(phone, ["Karl", "Liam"]);

  await choose(desk, "Liam", "Mute");
  await row(desk, "Liam, 1 unread message, Muted").waitFor();
  await choose(desk, "Liam", "Move to the archive");
  await say(liam.account, liam.conversation, "anybody there?");
  await tab(phone, "Archive 2 unread messages").click();
  await expect.poll(() => listed(phone)).toEqual(["Liam"]);
  await isAccessible(phone);

  await desk.keyboard.press("Control+k");
  await desk.getByRole("combobox", { name: "Go to conversation" }).fill("lia");
  await desk.keyboard.press("Enter");
  await composer(desk, "Liam").waitFor();
  await expect.poll(() => listed(desk)).toEqual(["Karl"]);

  await openChat(phone, "Liam");
  await phone.getByRole("button", { name: "Conversation details" }).click();
  await phone.getByRole("switch", { name: "In the archive" }).uncheck();
  await expect.poll(() => listed(desk)).toEqual(["Liam", "Karl"]);
  figure("W42", "folders, the order of favourites and the archive were the same at a desk and on a phone");
});
