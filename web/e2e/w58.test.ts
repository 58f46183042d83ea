import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { figure, Stage } from "./support/stage.ts";
import { direct, message, openChat, row, say } from "./support/talk.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

/** The names of everything that a browser keeps for this origin. */
function kept(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const files: string[] = [];
    const root = (await navigator.storage.getDirectory()) as FileSystemDirectoryHandle & { keys(): AsyncIterable<string> };
    for await (const name of root.keys()) files.push(name);
    const databases = (await indexedDB.databases()).map(({ name }) => name ?? "");
    return [...databases, ...(await caches.keys()), ...Object.keys(localStorage), ...Object.keys(sessionStorage), ...files];
  });
}

async function hasServiceWorker(page: Page): Promise<void> {
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true);
}

it("W58 signing out leaves nothing in the browser, in no window, and who comes back is at home offline again", async () => {
  const alice = await stage.account("alice");
  const bob = await stage.account("bob");
  await say(bob, await direct(alice, bob), "for your eyes only");
  const context = await stage.context();
  const page = await stage.enter(alice, context);
  const other = await context.newPage();
  await other.goto(stage.server.url);
  await openChat(page, "Bob");
  await message(page, "for your eyes only").waitFor();
  await row(other, "Bob").waitFor();
  await hasServiceWorker(page);
  await page.keyboard.press("Control+,");
  const settings = page.getByRole("dialog", { name: "Settings" });
  await settings.getByRole("radio", { name: "Dark" }).check({ force: true });
  await expect.poll(() => kept(page)).toEqual(expect.arrayContaining(["parlance", "parlance-theme", expect.stringMatching(/^parlance-\w+$/)]));
  const before = await kept(page);

  await settings.getByRole("button", { name: "Sign out of this device" }).click();
  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  for (const window of [page, other]) await window.getByRole("button", { name: "Sign in" }).waitFor();
  await expect.poll(() => kept(page)).toEqual([]);
  figure("W58", `before: ${before.join(", ")}; after signing out: nothing`);
  await other.close();

  await stage.signIn(page, alice);
  await expect.poll(() => page.evaluate(async () => (await (await caches.open((await caches.keys())[0] ?? "none")).keys()).length)).toBeGreaterThan(3);
  await context.setOffline(true);
  await page.reload();
  await row(page, "Bob").waitFor();
});
