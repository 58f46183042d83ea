import type { Locator, Page } from "playwright-core";

/** The messages of the conversation itself. */
export function main(page: Page, title: string): Locator {
  return page.getByRole("region", { name: `Messages in ${title}` });
}

export function panel(page: Page): Locator {
  return page.getByRole("region", { name: "Thread", exact: true });
}

/** A message whose text ends like this, somewhere. */
export function saidIn(place: Locator, text: string): Locator {
  return place.getByRole("article", { name: new RegExp(`: ${text}$`) });
}

/** Says something in the thread that is open. */
export async function answer(page: Page, text: string): Promise<void> {
  const composer = panel(page).getByRole("textbox", { name: "Reply in thread" });
  await composer.fill(text);
  await composer.press("Enter");
}

/** Chooses something from the menu of a message. */
export async function choose(page: Page, message: Locator, what: string): Promise<void> {
  await message.hover();
  await message.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: what, exact: true }).click();
}

/** Chooses how threads are shown, in the details of the conversation. */
export async function showThreads(page: Page, how: string): Promise<void> {
  await page.getByRole("button", { name: "Conversation details" }).click();
  const details = page.getByRole("dialog", { name: "Conversation details" });
  await details.getByLabel("Threads").selectOption(how);
  await details.getByRole("button", { name: "Close" }).click();
}

/** What is said in a place, from top to bottom. */
export async function saying(place: Locator): Promise<string[]> {
  const articles = await place.getByRole("article").all();
  const placed = await Promise.all(articles.map(async (article) => ({ y: (await article.boundingBox())?.y ?? 0, name: (await article.getAttribute("aria-label")) ?? "" })));
  return placed.sort((a, b) => a.y - b.y).map(({ name }) => name.replace(/^.*?: /, ""));
}
