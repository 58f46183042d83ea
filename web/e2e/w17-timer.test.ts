import { afterAll, beforeAll, expect, it } from "vitest";
import { isOnDisk } from "./support/disk.ts";
import { figure, Stage } from "./support/stage.ts";
import { feed, message, openChat, send, twoPeople } from "./support/talk.ts";

/** Long enough to see a message before it goes. */
const TIMER_S = 8;

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
});
afterAll(() => stage?.strike());

it("W17 messages with a timer say how long they stay, and go on both sides and from what browsers keep, also without a network", async () => {
  const { bob, conversation, a, b } = await twoPeople(stage);
  await Promise.all([openChat(a, "Bob"), openChat(b, "Alice")]);
  await send(a, "Bob", "said before");
  await a.getByRole("button", { name: "Conversation details" }).click();
  await a.getByLabel("Disappearing messages").selectOption("1 hour");
  await a.getByRole("dialog").getByRole("button", { name: "Close" }).click();
  await feed(b).getByText("Alice set messages to disappear after 1 hour").waitFor();
  await send(b, "Alice", "here for an hour");
  await message(a, "here for an hour").getByRole("img", { name: "Disappears in 1 hour" }).waitFor();

  await bob.call("conversation.change_settings", { conversation, expire_after_s: TIMER_S });
  await feed(a).getByText(`Bob set messages to disappear after ${TIMER_S} seconds`).waitFor();
  await send(a, "Bob", "gone in a moment");
  await message(b, "gone in a moment").waitFor();
  await expect.poll(() => isOnDisk(b, "gone in a moment")).toBe(true);
  await b.context().setOffline(true);
  for (const page of [a, b]) {
    await expect.poll(() => message(page, "gone in a moment").count()).toBe(0);
    await expect.poll(() => isOnDisk(page, "gone in a moment")).toBe(false);
  }
  await b.context().setOffline(false);
  for (const page of [a, b]) {
    await message(page, "here for an hour").waitFor();
    await message(page, "said before").waitFor();
  }
  const told = await bob.call("event.list", { conversation, limit: 50 });
  expect(JSON.stringify(told)).not.toContain("gone in a moment");
  figure("W17", "a message with a timer went on both sides, one of them without a network, and from both browsers' databases");
});
