import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { figure, Stage } from "./support/stage.ts";
import { composer, message, openChat, texts, twoPeople } from "./support/talk.ts";

const SECOND_MS = 1_000;

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

async function sendLater(page: Page, title: string, text: string, when: RegExp): Promise<void> {
  await composer(page, title).fill(text);
  await page.getByRole("button", { name: "Send later" }).click();
  await page.getByRole("button", { name: when }).click();
  await expect.poll(() => composer(page, title).inputValue()).toBe("");
}

/** The button that opens the list of what waits. */
function bar(page: Page, count: number): Locator {
  return page.getByRole("button", { name: `${count} scheduled message${count === 1 ? "" : "s"}`, exact: true });
}

/** What waits, in the open list. */
function waiting(page: Page, text: string): Locator {
  return page.getByRole("list", { name: "Scheduled messages" }).getByRole("listitem").filter({ hasText: text });
}

it("W17 what is written for later is listed on every device, edited, sent now, cancelled, and sent when its time has come", async () => {
  const { alice, a, b } = await twoPeople(stage);
  const phone = await stage.enter(alice, await stage.context({ viewport: { width: 390, height: 844 } }));
  await Promise.all([openChat(a, "Bob"), openChat(phone, "Bob"), openChat(b, "Alice")]);
  await sendLater(a, "Bob", "for later", /^In 1 hour/);
  await sendLater(a, "Bob", "for now after all", /^Tomorrow morning/);
  await sendLater(a, "Bob", "for nobody", /^Next Monday/);
  await bar(a, 3).waitFor();
  await bar(phone, 3).click();
  await waiting(phone, "for nobody").getByRole("button", { name: "Delete" }).click();
  await bar(a, 2).click();

  await waiting(a, "for now after all").getByRole("button", { name: "Send now" }).click();
  await message(b, "for now after all").waitFor();
  await expect.poll(() => waiting(phone, "").count()).toBe(1);

  await waiting(phone, "for later").getByRole("button", { name: "Edit" }).click();
  await phone.getByLabel("Message", { exact: true }).fill("for later, in other words");
  await phone.getByRole("button", { name: "Save" }).click();
  await waiting(a, "for later, in other words").waitFor();

  const [scheduled] = (await alice.call("scheduled.list", {})).items;
  if (!scheduled) throw new Error("nothing waits");
  const due_at = new Date(Date.now() + 2 * SECOND_MS).toISOString();
  await alice.call("scheduled.change", { scheduled: scheduled.scheduled, due_at });
  await message(b, "for later, in other words").waitFor();
  for (const page of [a, phone]) {
    await expect.poll(() => waiting(page, "").count()).toBe(0);
    await page.getByRole("dialog").getByRole("button", { name: "Close" }).click();
    await message(page, "for later, in other words").waitFor();
  }
  expect(await texts(b)).toEqual(["for now after all", "for later, in other words"]);
  figure("W17", "two of three messages for later arrived once, one was cancelled, and no device lists them any more");
});

it("W17 what could not be sent says why, and is sent when it can be again", async () => {
  const carol = await stage.account("carol");
  const dave = await stage.account("dave");
  const { conversation } = await carol.call("conversation.create", { kind: "group", name: "Garden", members: [dave.address] });
  const page = await stage.enter(dave);
  await openChat(page, "Garden");
  await sendLater(page, "Garden", "who waters the plants", /^In 1 hour/);
  await bar(page, 1).waitFor();
  await carol.call("conversation.change_settings", { conversation, archived: true });
  const [scheduled] = (await dave.call("scheduled.list", {})).items;
  if (!scheduled) throw new Error("nothing waits");
  await dave.call("scheduled.change", { scheduled: scheduled.scheduled, due_at: new Date().toISOString() });
  await page.getByRole("button", { name: "A scheduled message could not be sent" }).click();
  await waiting(page, "the conversation is archived").waitFor();
  await carol.call("conversation.change_settings", { conversation, archived: false });
  await waiting(page, "who waters the plants").getByRole("button", { name: "Send now" }).click();
  await message(page, "who waters the plants").waitFor();
  await expect.poll(() => waiting(page, "").count()).toBe(0);
});
