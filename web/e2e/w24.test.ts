import { afterAll, beforeAll, expect, it } from "vitest";
import { figure, Stage } from "./support/stage.ts";
import { direct, message, openChat, say } from "./support/talk.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

it("W24 the day above the messages leads to the first message of any day", async () => {
  const alice = await stage.account("alice");
  const bob = await stage.account("bob");
  const conversation = await direct(alice, bob);
  for (let at = 1; at <= 300; at++) await say(bob, conversation, `line ${at}`);
  await alice.call("conversation.mark_read", { conversation, seq: 300 });
  const a = await stage.enter(alice);
  await openChat(a, "Bob");
  await message(a, "line 300").waitFor();
  const { items } = await alice.call("event.list", { conversation, after: 0, limit: 1 });
  const day = await a.evaluate((at) => {
    const local = new Date(at);
    return [local.getFullYear(), local.getMonth() + 1, local.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
  }, items[0]?.at ?? "");

  await a.getByRole("region", { name: /^Messages in/ }).focus();
  await a.keyboard.press("PageUp");
  await a.keyboard.press("Home");
  await a.getByRole("button", { name: /, go to a date$/ }).first().click();
  const dialog = a.getByRole("dialog", { name: "Go to a date" });
  await dialog.getByLabel("Date").fill("2099-01-01");
  await dialog.getByRole("button", { name: "Go", exact: true }).click();
  await dialog.getByRole("alert").getByText("Nothing was said").waitFor();
  await dialog.getByLabel("Date").fill(day);
  await dialog.getByRole("button", { name: "Go", exact: true }).click();
  await dialog.waitFor({ state: "detached" });
  await message(a, "line 1").waitFor();
  await expect.poll(() => message(a, "line 1").evaluate((element) => element.getBoundingClientRect().top > 0)).toBe(true);
  figure("W24", `from the newest of 300 messages to the first of ${day}`);
});
