import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Locator } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Harm, look } from "./support/harm.ts";
import { figure, Stage, type Account } from "./support/stage.ts";
import { composer, feed, openChat } from "./support/talk.ts";

const LIST = resolve(import.meta.dirname, "../../crates/server/tests/abuse/vectors/naughty_strings.json");
/** Strings that have broken other programs, as a line of text has them. */
const STRINGS = [...new Set((JSON.parse(readFileSync(LIST, "utf8")) as string[]).map((text) => text.replace(/[\r\n]/g, "").trim()))].filter((text) => text !== "");
/** The same in messages of some lines. */
const MESSAGES = Array.from({ length: Math.ceil(STRINGS.length / 8) }, (_none, at) => STRINGS.slice(at * 8, at * 8 + 8).join("\n"));

let stage: Stage;
let alice: Account;
let conversation: string;
beforeAll(async () => {
  stage = await Stage.set();
  alice = await stage.account("alice");
  ({ conversation } = await alice.call("conversation.create", { kind: "group", name: "Garden", members: [] }));
});
afterAll(() => stage?.strike());

/** Everything that was said, oldest first. */
async function said(): Promise<string[]> {
  const { items } = await alice.call("event.list", { conversation, limit: 200 });
  return items.flatMap((event) => (event.kind === "message" && event.content.body.type === "text" ? [event.content.body.text] : []));
}

it("W29 a message is what was typed, whatever that is", async () => {
  const harm = new Harm();
  const page = await stage.enter(alice, undefined, (page) => harm.watch(page));
  await openChat(page, "Garden");
  const wrong: string[] = [];
  for (const text of MESSAGES) {
    await composer(page, "Garden").fill(text);
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await feed(page).getByRole("article").last().waitFor();
    wrong.push(...(await look(page)).wrong);
  }
  await expect.poll(async () => (await said()).length).toBe(MESSAGES.length);
  figure("W29", `${STRINGS.length} strings in ${MESSAGES.length} messages typed and sent, ${wrong.length} forbidden things`);
  expect(await said()).toEqual(MESSAGES);
  expect(wrong).toEqual([]);
  expect(await harm.found(page)).toEqual([]);
  await page.context().close();
});

function everyNth(step: number): string[] {
  return STRINGS.filter((_text, at) => at % step === 0);
}

/** Types strings into a field, which shows them. */
async function type(field: Locator): Promise<void> {
  for (const text of everyNth(5)) {
    await field.fill(text);
    expect(await field.inputValue()).toBe(text);
  }
}

it("W29 fields that look for something take any string, and find what is there afterwards", async () => {
  const harm = new Harm();
  const page = await stage.enter(alice, undefined, (page) => harm.watch(page));
  await page.keyboard.press("Control+k");
  const switcher = page.getByRole("combobox", { name: "Go to conversation" });
  await type(switcher);
  await switcher.fill("Gard");
  await page.getByRole("option", { name: /Garden/ }).waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Search messages" }).click();
  const search = page.getByRole("searchbox");
  await type(search);
  await search.fill("undefined");
  await page.getByRole("dialog").getByRole("listitem").first().waitFor();
  await page.keyboard.press("Escape");
  expect(await harm.found(page)).toEqual([]);
  await page.context().close();
});

it("W29 a topic is what was typed, whatever that is", async () => {
  const harm = new Harm();
  const page = await stage.enter(alice, undefined, (page) => harm.watch(page));
  await openChat(page, "Garden");
  await page.getByRole("button", { name: "Conversation details" }).click();
  const dialog = page.getByRole("dialog");
  const topic = dialog.getByLabel("Topic", { exact: true });
  for (const text of everyNth(16)) {
    await topic.fill(text);
    await dialog.getByRole("button", { name: "Save", exact: true }).click();
    await expect.poll(async () => (await alice.call("conversation.get", { conversation })).settings.topic).toBe(text);
  }
  expect(await harm.found(page)).toEqual([]);
  await page.context().close();
});
