import type { Locator } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { figure, Stage } from "./support/stage.ts";
import { direct, feed, openChat, say } from "./support/talk.ts";

const CODE = 'fn main() {\n    println!("hello"); // friends\n}';
const EMOJI = ["👍", "👩🏽‍🚀🎉", "🇺🇳 ❤️ 1️⃣"];
const NO_EMOJI = ["123", "👍👍👍👍", "© 2026"];

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

function sizeOf(text: Locator): Promise<number> {
  return text.evaluate((element) => parseFloat(getComputedStyle(element).fontSize));
}

/** The colours in which a piece of code stands. */
function colours(code: Locator): Promise<string[]> {
  return code.evaluate((element) => [...new Set([element, ...element.querySelectorAll("*")].map((part) => getComputedStyle(part).color))]);
}

it("W30 code is coloured and copied, emoji alone are large, and spoilers are opened by those who want to", async () => {
  const alice = await stage.account("alice");
  const bob = await stage.account("bob");
  const conversation = await direct(alice, bob);
  for (const text of [...EMOJI, ...NO_EMOJI, "it was ||the gardener|| after all"]) await say(bob, conversation, text);
  const context = await stage.context({ permissions: ["clipboard-read", "clipboard-write"], serviceWorkers: "block" });
  const page = await stage.enter(alice, context);
  const colouring: string[] = [];
  page.on("request", (request) => void (request.url().includes("/highlight-") && colouring.push(request.url())));
  await openChat(page, "Bob");

  const usual = await sizeOf(feed(page).getByText(NO_EMOJI[0] ?? "", { exact: true }));
  for (const text of NO_EMOJI) expect(await sizeOf(feed(page).getByText(text, { exact: true }))).toBe(usual);
  for (const text of EMOJI) expect(await sizeOf(feed(page).getByText(text, { exact: true }))).toBeGreaterThan(1.5 * usual);

  const article = feed(page).getByRole("article", { name: /after all$/ });
  expect(await article.ariaSnapshot()).not.toContain("gardener");
  await article.getByRole("button", { name: "Show hidden text" }).press("Enter");
  expect(await article.ariaSnapshot()).toContain("gardener");
  expect(await article.getByRole("button", { name: "Show hidden text" }).count()).toBe(0);

  expect(colouring).toEqual([]);
  await say(bob, conversation, `\`\`\`rust\n${CODE}\n\`\`\``);
  await say(bob, conversation, "```nonsense\nfn main\n```");
  const [rust, unknown] = [feed(page).getByRole("code").filter({ hasText: "println" }), feed(page).getByRole("code").filter({ hasText: /^fn main\s*$/ })];
  await expect.poll(async () => (await colours(rust)).length).toBeGreaterThanOrEqual(4);
  expect(await colours(unknown)).toHaveLength(1);
  expect(await rust.innerText()).toBe(`${CODE}\n`);

  await rust.hover();
  await feed(page).getByRole("article").filter({ has: page.getByRole("code").filter({ hasText: "println" }) }).getByRole("button", { name: "Copy code" }).click();
  await page.getByRole("status").filter({ hasText: "Copied" }).waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(CODE);
  figure("W30", `${(await colours(rust)).length} colours, fetched with the first code (${colouring.length} file); copied ${CODE.length} characters; ${EMOJI.length} texts of emoji large, ${NO_EMOJI.length} others not; the spoiler opened with Enter`);
  expect(colouring).toHaveLength(1);
  await context.close();
});
