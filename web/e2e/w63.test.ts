import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { figure, Stage } from "./support/stage.ts";
import { composer, direct, openChat, say } from "./support/talk.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

async function chooseLanguage(page: Page, settings: string, field: string, language: string): Promise<void> {
  await page.getByRole("button", { name: settings, exact: true }).click();
  await page.getByRole("combobox", { name: field, exact: true }).selectOption({ label: language });
}

function spoken(page: Page) {
  return page.evaluate(() => ({ lang: document.documentElement.lang, dir: document.documentElement.dir }));
}

async function leftOf(page: Page, role: "navigation" | "region" | "textbox" | "button", name: string): Promise<number> {
  return (await page.getByRole(role, { name, exact: true }).boundingBox())?.x ?? -1;
}

it("W63 the client speaks the language of the browser, and fetches no other", async () => {
  const context = await stage.context({ locale: "de-AT", serviceWorkers: "block" });
  const page = await context.newPage();
  const fetched: string[] = [];
  page.on("request", (request) => fetched.push(new URL(request.url()).pathname));
  await page.goto(stage.server.url);
  await page.getByRole("button", { name: "Anmelden" }).waitFor();
  expect(await spoken(page)).toEqual({ lang: "de", dir: "ltr" });
  const languages = fetched.filter((path) => /\/(de|es|fr|ar|ja|zh-Hans)-[^/]*\.js$/.test(path));
  figure("W63", `a browser that wants de-AT fetched ${languages.length} of 6 languages: ${languages.join(" ")}`);
  expect(languages).toHaveLength(1);
  await context.close();
});

it("W63 another language is spoken at once, from right to left where it runs so, with the draft kept, and stays", async () => {
  const [alice, bob] = [await stage.account("alice"), await stage.account("bob")];
  const conversation = await direct(alice, bob);
  await say(bob, conversation, "Hello Alice");
  const page = await stage.enter(alice);
  await openChat(page, "Bob");
  await composer(page, "Bob").fill("not sent yet");
  expect(await leftOf(page, "navigation", "Conversations")).toBe(0);

  await chooseLanguage(page, "Settings", "Language", "العربية");
  const field = page.getByRole("combobox", { name: "اللغة", exact: true });
  await field.waitFor();
  expect(await spoken(page)).toEqual({ lang: "ar", dir: "rtl" });
  expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
  await page.keyboard.press("Escape");

  const draft = page.getByRole("textbox", { name: "رسالة إلى Bob" });
  expect(await draft.inputValue()).toBe("not sent yet");
  const width = page.viewportSize()?.width ?? 0;
  expect(await leftOf(page, "navigation", "المحادثات")).toBeGreaterThan(width / 2);
  expect(await leftOf(page, "button", "إرسال")).toBeLessThan((await draft.boundingBox())?.x ?? 0);
  const mirrored = await page.getByRole("button", { name: "إرسال", exact: true }).locator("svg").evaluate((icon) => getComputedStyle(icon).scale);
  expect(mirrored).toBe("-1 1");

  await page.reload();
  await page.getByRole("textbox", { name: "رسالة إلى Bob" }).waitFor();
  expect(await spoken(page)).toEqual({ lang: "ar", dir: "rtl" });
  figure("W63", "Arabic: mirrored, the draft and the settings stayed, and so did the language after a reload");
  await page.context().close();
});

it("W63 a language that cannot be fetched changes nothing and says so", async () => {
  const context = await stage.context({ serviceWorkers: "block" });
  const page = await stage.enter(await stage.account("carol"), context, async (fresh) => {
    await fresh.route(/\/ja-[^/]*\.js$/, (route) => route.abort());
  });
  await chooseLanguage(page, "Settings", "Language", "日本語");
  await page.getByRole("alert").filter({ hasText: "could not be fetched" }).waitFor();
  expect(await spoken(page)).toEqual({ lang: "en", dir: "ltr" });
  expect(await page.getByRole("combobox", { name: "Language" }).inputValue()).toBe("browser");
  figure("W63", "without its texts Japanese is not spoken, English stays");
  await page.context().close();
});
