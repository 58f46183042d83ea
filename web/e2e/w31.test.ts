import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { figure, Stage, type Account } from "./support/stage.ts";
import { composer, feed, message, openChat, send } from "./support/talk.ts";

const MEMBERS = 12;

let stage: Stage;
let alice: Account;
let bob: Account;
let page: Page;
beforeAll(async () => {
  stage = await Stage.set();
  [alice, bob] = [await stage.account("alice"), await stage.account("bob")];
  const others: string[] = [];
  for (let at = 2; at < MEMBERS; at++) others.push((await stage.account(`member${at}`)).address);
  await group("Village", [bob.address, ...others]);
  await group("Couple", [bob.address]);
  page = await stage.enter(alice);
});
afterAll(() => stage?.strike());

async function group(name: string, members: string[]): Promise<void> {
  const { conversation } = await alice.call("conversation.create", { kind: "group", name, members, client_ref: name });
  const body = { type: "text", text: "@bob are you there?", mentions: [{ start: 0, end: 4, who: bob.address }] } as const;
  await alice.call("event.send", { conversation, client_ref: `hello-${name}`, body: { ...body, mentions: [...body.mentions] } });
}

it("W31 whoever is mentioned can be looked at, mentioned and written to", async () => {
  await openChat(page, "Village");
  const mention = feed(page).getByRole("button", { name: "@bob" });
  await mention.focus();
  await page.keyboard.press("Enter");
  const card = page.getByRole("dialog", { name: "Bob" });
  await card.getByText(bob.address).waitFor();
  await card.getByRole("button", { name: "Mention", exact: true }).click();
  await expect.poll(() => composer(page, "Village").inputValue()).toBe("@bob ");
  await composer(page, "Village").fill("");

  await mention.click();
  await card.getByRole("button", { name: "Write to Bob" }).click();
  await composer(page, "Bob").waitFor();
  figure("W31", "a mention opened the card of Bob with Enter and with a click; from there he was mentioned and written to");
});

it("W31 calling everybody in a large group is asked about first", async () => {
  await openChat(page, "Village");
  await send(page, "Village", "@everyone the bridge is closed");
  const question = page.getByRole("dialog", { name: `Notify ${MEMBERS - 1} people?` });
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect.poll(() => composer(page, "Village").inputValue()).toBe("@everyone the bridge is closed");
  expect(await message(page, "@everyone the bridge is closed").count()).toBe(0);

  await composer(page, "Village").press("Enter");
  await question.getByRole("button", { name: "Notify and send" }).click();
  await message(page, "@everyone the bridge is closed").waitFor();
  expect(await message(page, "@everyone the bridge is closed").count()).toBe(1);
  expect(await composer(page, "Village").inputValue()).toBe("");

  await openChat(page, "Couple");
  await send(page, "Couple", "@everyone both of us");
  await message(page, "@everyone both of us").waitFor();
  figure("W31", `${MEMBERS - 1} people were called after a question, which kept the text; one person without`);
});
