import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { figure, Stage } from "./support/stage.ts";
import { composer, direct, message } from "./support/talk.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

/** Whether one can see where the focus is: an outline, or a border of its own around a field. */
function isFocusVisible(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) return false;
    const hasOutline = getComputedStyle(element).outlineStyle !== "none";
    const isField = element.matches("textarea, [role=combobox]");
    return hasOutline || isField || element.closest("label")?.matches(":focus-within") === true;
  });
}

/** Goes on with Tab until something of this name has the focus. */
async function tabTo(page: Page, name: string): Promise<number> {
  for (let steps = 1; steps <= 60; steps++) {
    await page.keyboard.press("Tab");
    expect(await isFocusVisible(page)).toBe(true);
    const here = await page.evaluate(() => {
      const element = document.activeElement as HTMLInputElement | null;
      return element?.getAttribute("aria-label") ?? element?.labels?.[0]?.textContent ?? element?.textContent ?? "";
    });
    if (here.trim() === name) return steps;
  }
  throw new Error(`The focus does not come to ${name}.`);
}

it("W61 everything from signing in to signing out goes with the keyboard alone", async () => {
  const alice = await stage.account("alice");
  const bob = await stage.account("bob");
  await direct(alice, bob);
  const page = await (await stage.context()).newPage();
  await page.goto(stage.server.url);
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  let steps = await tabTo(page, "Name");
  await page.keyboard.type("alice");
  steps += await tabTo(page, "Password");
  await page.keyboard.type("a few good words");
  await page.keyboard.press("Enter");
  await page.getByRole("navigation", { name: "Conversations" }).waitFor();

  await page.keyboard.press("Control+k");
  await page.keyboard.type("bob");
  await page.getByRole("option", { name: /Bob/ }).first().waitFor();
  await page.keyboard.press("Enter");
  await expect.poll(() => composer(page, "Bob").evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.type("hello by keyboard");
  await page.keyboard.press("Enter");
  await message(page, "hello by keyboard").getByRole("img", { name: /^(Sent|Delivered|Read)$/ }).waitFor();

  await page.keyboard.press("Escape");
  await expect.poll(() => isFocusVisible(page)).toBe(true);
  await page.keyboard.press("a");
  await page.getByRole("menuitem", { name: "React with 👍" }).waitFor();
  await page.keyboard.press("Enter");
  await message(page, "hello by keyboard").getByRole("button", { name: /👍, 1 reaction/ }).waitFor();
  await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe("ARTICLE");

  await page.keyboard.press("r");
  await page.getByText("Replying to You").waitFor();
  await page.keyboard.type("and an answer");
  await page.keyboard.press("Enter");
  await message(page, "and an answer").waitFor();

  await page.keyboard.press("Control+,");
  await page.getByRole("dialog", { name: "Settings" }).waitFor();
  await page.keyboard.press("Escape");
  await expect.poll(() => composer(page, "Bob").evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.press("Control+,");
  await page.getByRole("dialog", { name: "Settings" }).waitFor();
  steps += await tabTo(page, "Sign out of this device");
  await page.keyboard.press("Enter");
  steps += await tabTo(page, "Sign out");
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  figure("W61", `signed in, found, sent, reacted, answered and signed out with the keyboard; ${steps} steps of Tab, the focus always visible`);
});
