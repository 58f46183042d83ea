import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import type { Account, Stage } from "./stage.ts";

/** The conversation of two people, made before the browser opens. */
export async function direct(a: Account, b: Account): Promise<string> {
  return (await a.call("conversation.direct", { user: b.address })).conversation;
}

let refs = 0;

/** Says something over HTTP. */
export async function say(account: Account, conversation: string, text: string, more: { thread?: string; reply_to?: string } = {}) {
  return account.call("event.send", { conversation, client_ref: `t${refs++}`, body: { type: "text", text }, ...more });
}

export function row(page: Page, title: string): Locator {
  return page.getByRole("navigation", { name: "Conversations" }).getByRole("link", { name: new RegExp(`^${title}\\b`) });
}

/** Waits until the list begins with these conversations. */
export async function standInOrder(page: Page, titles: readonly string[]): Promise<void> {
  await expect.poll(() => listed(page).then((names) => names.slice(0, titles.length))).toEqual(titles);
}

/** The conversations that are listed, from top to bottom. */
export async function listed(page: Page): Promise<string[]> {
  const links = await page.getByRole("navigation", { name: "Conversations" }).getByRole("listitem").getByRole("link").all();
  const placed = await Promise.all(links.map(async (link) => ({ y: (await link.boundingBox())?.y ?? 0, name: (await link.innerText()).split(",")[0]?.split("\n")[0] ?? "" })));
  return placed.sort((a, b) => a.y - b.y).map(({ name }) => name);
}

/** What a screen reader calls a row of the list. */
export async function nameOfRow(page: Page, title: string): Promise<string> {
  return /"(.*)"/.exec(await row(page, title).ariaSnapshot())?.[1] ?? "";
}

export async function openChat(page: Page, title: string): Promise<void> {
  await row(page, title).click();
  await composer(page, title).waitFor();
}

export function composer(page: Page, title: string): Locator {
  return page.getByRole("textbox", { name: `Message to ${title}` });
}

export async function send(page: Page, title: string, text: string): Promise<void> {
  await composer(page, title).fill(text);
  await composer(page, title).press("Enter");
}

export function feed(page: Page): Locator {
  return page.getByRole("region", { name: /^Messages in/ });
}

/** The messages whose text ends like this. */
export function message(page: Page, text: string): Locator {
  return feed(page).getByRole("article", { name: new RegExp(`: ${text}$`) });
}

/** What the messages say, from top to bottom. */
export async function texts(page: Page): Promise<string[]> {
  const articles = await feed(page).getByRole("article").all();
  const placed = await Promise.all(
    articles.map(async (article) => ({ y: (await article.boundingBox())?.y ?? 0, name: (await article.getAttribute("aria-label")) ?? "" })),
  );
  return placed.sort((a, b) => a.y - b.y).map(({ name }) => name.replace(/^.*?: /, ""));
}

/** Alice and Bob, their windows, and their conversation. */
export async function twoPeople(stage: Stage, prepare: Parameters<Stage["enter"]>[2] = undefined) {
  const alice = await stage.account("alice");
  const bob = await stage.account("bob");
  const conversation = await direct(alice, bob);
  const a = await stage.enter(alice, undefined, prepare);
  const b = await stage.enter(bob);
  return { alice, bob, conversation, a, b };
}
