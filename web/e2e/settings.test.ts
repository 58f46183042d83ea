import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Stage } from "./support/stage.ts";
import { feed, message, openChat, say, twoPeople } from "./support/talk.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

async function settingsOf(page: Page) {
  await page.keyboard.press("Control+,");
  const settings = page.getByRole("dialog", { name: "Settings" });
  await settings.waitFor();
  return settings;
}

const letterPx = (page: Page) => page.evaluate(() => Number.parseFloat(getComputedStyle(document.body).fontSize));

it("how large, how close and in which hours things are written is chosen once and stays", async () => {
  const { alice, conversation, a, b } = await twoPeople(stage);
  await say(alice, conversation, "hello");
  await openChat(a, "Bob");
  await message(a, "hello").waitFor();
  const before = await letterPx(a);
  const settings = await settingsOf(a);
  await settings.getByLabel("Text size").selectOption("Large");
  await settings.getByLabel("Spacing").selectOption("Compact");
  await expect.poll(() => letterPx(a)).toBeCloseTo(before * 1.1875, 1);
  await settings.getByLabel("Time of day").selectOption("12 hours");
  await expect.poll(() => feed(a).getByText(/^\d\d:\d\d [ap]m$/i).count()).toBeGreaterThan(0);
  await settings.waitFor();
  await expect.poll(() => settings.getByLabel("Time of day").evaluate((field) => field === document.activeElement)).toBe(true);
  await settings.getByLabel("Time of day").selectOption("24 hours");
  await expect.poll(() => feed(a).getByText(/^\d\d:\d\d$/).count()).toBeGreaterThan(0);
  await a.keyboard.press("Escape");
  await a.reload();
  await message(a, "hello").waitFor();
  expect(await letterPx(a)).toBeCloseTo(before * 1.1875, 1);
  expect(await a.evaluate(() => document.documentElement.dataset["density"])).toBe("compact");
  await Promise.all([a.context().close(), b.context().close()]);
});

it("what somebody says of themselves stands where others look, until they take it back", async () => {
  const carol = await stage.account("carol");
  const dave = await stage.account("dave");
  await carol.call("conversation.direct", { user: dave.address });
  const c = await stage.enter(carol);
  const d = await stage.enter(dave);
  await openChat(d, "Carol");
  const settings = await settingsOf(c);
  await settings.getByLabel("What others read beside your name").fill("In the garden");
  await settings.getByLabel("What others read beside your name").press("Enter");
  await d.getByText("In the garden").first().waitFor();
  await settings.getByLabel("Availability").selectOption("Do not disturb");
  await expect.poll(async () => (await dave.call("presence.get", { users: [carol.address] })).items[0]?.availability).toBe("do_not_disturb");
  await settings.getByLabel("Availability").selectOption("Invisible");
  await expect.poll(async () => (await dave.call("presence.get", { users: [carol.address] })).items[0]?.availability).toBe("offline");
  await c.keyboard.press("Escape");
  const again = await settingsOf(c);
  await expect.poll(() => again.getByLabel("Availability").inputValue()).toBe("invisible");
  await again.getByLabel("Availability").selectOption("Online");
  await again.getByLabel("What others read beside your name").fill("");
  await again.getByLabel("What others read beside your name").press("Enter");
  await d.getByText("In the garden").first().waitFor({ state: "detached" });
});

it("the client is installed from the settings, where the browser offers it", async () => {
  const page = await stage.enter(await stage.account("erin"));
  let settings = await settingsOf(page);
  expect(await settings.getByRole("button", { name: "Install the app" }).count()).toBe(0);
  await page.evaluate(() => {
    const offer = Object.assign(new Event("beforeinstallprompt", { cancelable: true }), {
      prompt: async () => void document.body.setAttribute("data-asked", "yes"),
    });
    dispatchEvent(offer);
  });
  settings = page.getByRole("dialog", { name: "Settings" });
  await settings.getByRole("button", { name: "Install the app" }).click();
  await expect.poll(() => page.evaluate(() => document.body.dataset["asked"])).toBe("yes");
  await expect.poll(() => settings.getByRole("button", { name: "Install the app" }).count()).toBe(0);
  await settings.getByText(/^Kept in this browser: [\d.,]+ (kB|MB|GB)$/).waitFor();
});

it("whoever makes an account is shown around, beside what they do, and only until they have seen it", async () => {
  const page = await (await stage.context()).newPage();
  await page.goto(`${stage.server.url}/register`);
  await page.getByLabel("User name").fill("frida");
  await page.getByLabel("Password", { exact: true }).fill("a few good words");
  await page.getByRole("button", { name: "Create account" }).click();
  const tour = page.getByRole("region", { name: "Find anybody at once" });
  await tour.waitFor();
  await page.reload();
  await tour.waitFor();
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByRole("region", { name: "Nothing you write is lost" }).waitFor();
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByRole("region", { name: "Make it yours" }).getByText("3 of 3").waitFor();
  await page.getByRole("button", { name: "Get started" }).click();
  await page.getByRole("region", { name: "Make it yours" }).waitFor({ state: "detached" });
  await page.reload();
  await page.getByRole("navigation", { name: "Conversations" }).waitFor();
  expect(await page.getByRole("button", { name: "Next" }).count()).toBe(0);
});
